import type {TextRange} from './text-range.js';

/**
 * Finds every match of a regular expression as if it had the flag `g` and not `y`, and leaves the caller's object
 * as it was.
 *
 * @param text - any text
 * @param pattern - any regular expression; its own run time is the caller's business
 * @returns where the matches lie, in order, those of no width included
 */
export function* patternMatches(text: string, pattern: RegExp): Generator<TextRange> {
  const everywhere = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`);
  // matchAll steps on by itself after a match of no width.
  for (const match of text.matchAll(everywhere)) {
    const start = match.index;
    const end = start + match[0].length;
    if (end > start || !isInsideCharacter(text, start)) {
      yield {start, end};
    }
  }
}

// Without the flag `u` a pattern also matches between the halves of a surrogate pair, where a cut would leave two
// pieces that are no valid text.
function isInsideCharacter(text: string, index: number): boolean {
  return index > 0 && (text.codePointAt(index - 1) ?? 0) > 0xffff;
}
