import {printable} from '../utils/printable.js';
import {wrapLine} from './wrap-line.js';

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
