/** A piece of a text, from `start` up to and without `end`, in UTF-16 units. */
export interface TextRange {
  /** Where it begins. */
  start: number;
  /** Where what follows it begins. */
  end: number;
}

/**
 * Whether a text has nothing to score in it.
 *
 * @returns true if it is empty or only white space, as `String.prototype.trim` understands it
 */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}

/**
 * Finds the lines of a text. A scan rather than a regular expression: the obvious ones are quadratic in a long run
 * of spaces or line ends.
 *
 * @param text - any text; lines end with `\n`, `\r\n` or `\r`
 * @returns the lines in order, without their ends; the last may be empty
 */
export function* lineRanges(text: string): Generator<TextRange> {
  let start = 0;
  let feed = text.indexOf('\n');
  let carriage = text.indexOf('\r');
  while (feed !== -1 || carriage !== -1) {
    const isReturn = carriage !== -1 && (feed === -1 || carriage < feed);
    const end = isReturn ? carriage : feed;
    yield {start, end};
    start = isReturn && feed === end + 1 ? end + 2 : end + 1;
    feed = feed === -1 || feed >= start ? feed : text.indexOf('\n', start);
    carriage = carriage === -1 || carriage >= start ? carriage : text.indexOf('\r', start);
  }

  yield {start, end: text.length};
}

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

/** Leaves out the white space around a piece. */
export function trimmedRange(text: string, start: number, end: number): TextRange {
  const piece = text.slice(start, end);
  const first = start + piece.length - piece.trimStart().length;
  return {start: first, end: first + piece.trim().length};
}
