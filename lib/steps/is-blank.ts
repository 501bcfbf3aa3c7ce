/**
 * Whether a text has nothing to score in it.
 *
 * @param text - any text
 * @returns true if it is empty or only white space, as `String.prototype.trim` understands it
 */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}
