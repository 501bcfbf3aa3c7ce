import type {TextRange} from './text-range.js';

/**
 * Turns separators into the pieces between them.
 *
 * @param length - of the whole text, in UTF-16 units
 * @param separators - in order, not overlapping, possibly of no width
 * @returns one piece more than there are separators; pieces may be empty
 */
export function rangesBetween(length: number, separators: Iterable<TextRange>): TextRange[] {
  const pieces: TextRange[] = [];
  let start = 0;
  for (const separator of separators) {
    pieces.push({start, end: separator.start});
    start = separator.end;
  }

  pieces.push({start, end: length});
  return pieces;
}
