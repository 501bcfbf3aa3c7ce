import wrapAnsi from 'wrap-ansi';

/**
 * Breaks a line at spaces, and within a word only if the word is longer than a row. Wide characters count as two columns,
 * what is one character to a reader stays together, and colours go on in the next row. Spaces at the ends of rows are
 * dropped.
 *
 * @param line - one line of text, which may have colours
 * @param width - the columns of a row; no row is broken if there is no end to them
 * @returns the rows, at least one
 */
export function wrapLine(line: string, width: number): string[] {
  return wrapAnsi(line, Math.max(1, width), {hard: true}).split('\n');
}
