/** What is to be called when a signal fires: one listener a signal, since Node warns of more than ten. */
const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `callback` once the signal fires.
 *
 * @returns a function that takes it back
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (!signal) {
    return () => {};
  }

  const all = callbacks.get(signal) ?? listenTo(signal);
  // Callbacks that are one function each want a call.
  const own = () => callback();
  all.add(own);
  return () => void all.delete(own);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  callbacks.set(signal, all);
  signal.addEventListener(
    'abort',
    () => {
      for (const callback of all) {
        callback();
      }
    },
    {once: true},
  );
  return all;
}
