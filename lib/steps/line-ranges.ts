import type {TextRange} from './text-range.js';

/**
 * Finds the lines of a text. A scan rather than a regular expression: the obvious ones are quadratic in a long run
 * of spaces or line ends.
 *
 * @param text - any text; lines end with `\n` or `\r\n`
 * @returns the lines in order, without their ends; the last may be empty
 */
export function* lineRanges(text: string): Generator<TextRange> {
  let start = 0;
  for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', start)) {
    const hasReturn = feed > start && text[feed - 1] === '\r';
    yield {start, end: hasReturn ? feed - 1 : feed};
    start = feed + 1;
  }

  yield {start, end: text.length};
}
