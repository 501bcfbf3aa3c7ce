/**
 * Finds the last match of a regular expression that is not blank, and leaves the caller's object as it was.
 *
 * @param text - any text
 * @param pattern - any regular expression; its own run time is the caller's business
 * @returns the first capture group if it took part in the match, else the match; `null` if nothing matches
 */
export function matchedAnswer(text: string, pattern: RegExp): string | null {
  const everywhere = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`);
  let answer: string | null = null;
  for (const [match, group] of text.matchAll(everywhere)) {
    const found = group ?? match;
    // A pattern such as /\d*/ also matches the nothing at the end of the text.
    answer = found.trim() === '' ? answer : found;
  }

  return answer;
}
