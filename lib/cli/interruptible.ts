import process from 'node:process';
import {Interruption} from './interruption.js';

/**
 * Runs work that SIGINT (Ctrl-C) and SIGTERM abort in good order. A second one ends the process at once.
 *
 * @param work - is given a signal, aborted with an {@link Interruption}
 * @returns what the work returns
 * @throws {@link Interruption} if the work failed after the signal came, whatever it failed with
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const listeners = names.map(name => ({name, abort: () => controller.abort(new Interruption(name))}));
  for (const {name, abort} of listeners) {
    process.once(name, abort);
  }

  try {
    return await work(controller.signal);
  } catch (error) {
    // Streams reject with an AbortError of their own.
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    for (const {name, abort} of listeners) {
      process.off(name, abort);
    }
  }
}
