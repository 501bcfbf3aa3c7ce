import type {TextRange} from './text-range.js';

/**
 * Finds every occurrence of a string, from left to right, without overlaps.
 *
 * @param text - any text
 * @param separator - a string that is not empty
 * @returns where the separator lies
 */
export function* separatorMatches(text: string, separator: string): Generator<TextRange> {
  for (let start = text.indexOf(separator); start !== -1; ) {
    const end = start + separator.length;
    yield {start, end};
    start = text.indexOf(separator, end);
  }
}
