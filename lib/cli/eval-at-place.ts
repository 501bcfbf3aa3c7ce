/**
 * Does something with a record, and says where the record is if it fails.
 *
 * @param place - such as `data.jsonl:17`
 * @param signal - once aborted, its reason is thrown in place of what the work failed with
 * @param work - what to do
 */
export async function evalAtPlace<T>(
  place: string,
  signal: AbortSignal,
  work: () => T | Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (cause) {
    signal.throwIfAborted();
    throw new Error(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`, {cause});
  }
}
