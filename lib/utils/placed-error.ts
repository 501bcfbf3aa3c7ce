/**
 * Makes an error that says where it happened.
 *
 * @param place - such as `data.jsonl:17`
 */
export function placedError(place: string, cause: unknown): Error {
  return new Error(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`, {cause});
}
