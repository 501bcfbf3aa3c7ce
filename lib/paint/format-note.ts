import {wrapLine} from './wrap-line.js';

/** By how much notes and texts under numbers are indented. */
export const noteIndent = 5;

/**
 * Lays out what is said of a response below it.
 *
 * @param note - one line
 * @param width - the columns of the terminal
 * @returns lines, each with its line end
 */
export function formatNote(note: string, width: number): string {
  return wrapLine(note, width - noteIndent)
    .map(row => `${' '.repeat(noteIndent)}${row}\n`)
    .join('');
}
