import wrapAnsi from 'wrap-ansi';
import {printable} from '../utils/printable.js';

/** A part of a text that has a colour of its own. */
export interface TextPart {
  text: string;
  /** Colours it, or any piece of it. */
  paint: (text: string) => string;
}

/**
 * Lays out text from anywhere: printable and no wider than the terminal. A line that is too long goes on with its own
 * indentation.
 *
 * @param parts - the text, which may have line feeds
 * @param width - the columns that there are
 * @returns rows, without line ends
 */
export function formatText(parts: readonly TextPart[], width: number): string[] {
  return linesOf(parts).flatMap(line => {
    const text = line.map(part => part.text).join('');
    const spaces = text.search(/[^ ]|$/u);
    // Deeper than that there would be no room for the text.
    const indent = spaces <= width / 2 ? spaces : 0;
    const rows = wrapLine(painted(line, indent, text.length), width - indent);
    return rows.map((row, index) => (index === 0 ? painted(line, 0, indent) : ' '.repeat(indent)) + row);
  });
}

function linesOf(parts: readonly TextPart[]): TextPart[][] {
  const lines: TextPart[][] = [[]];
  for (const {text, paint} of parts) {
    for (const [index, piece] of text.split(/\r?\n/u).entries()) {
      if (index > 0) {
        lines.push([]);
      }

      lines.at(-1)!.push({text: printable(piece.replaceAll('\t', '    ')), paint});
    }
  }

  return lines;
}

/** What of a line lies between two places. */
function painted(line: readonly TextPart[], start: number, end: number): string {
  let place = 0;
  return line
    .map(({text, paint}) => {
      const piece = text.slice(Math.max(0, start - place), Math.max(0, end - place));
      place += text.length;
      return piece === '' ? '' : paint(piece);
    })
    .join('');
}

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
