import {lineRanges} from './line-ranges.js';
import type {TextRange} from './text-range.js';

// Markdown before the label: headings, emphasis, quotes and list markers. After the number: the end of emphasis.
const label = /^[\s#*_>-]*step\s+\d+[*_]*[:.)]/i;

/**
 * Cuts a text before every line that begins with a label `Step <number>:`. White space around a piece, and with it
 * the indentation of the label, is left out.
 *
 * @param text - any text
 * @returns the pieces in order; the first is what stands before the first label and may be empty
 */
export function labelledRanges(text: string): TextRange[] {
  const starts = [0];
  for (const {start, end} of lineRanges(text)) {
    if (label.test(text.slice(start, end))) {
      starts.push(start);
    }
  }

  return starts.map((start, index) => trimRange(text, start, starts[index + 1] ?? text.length));
}

function trimRange(text: string, start: number, end: number): TextRange {
  const piece = text.slice(start, end);
  const first = start + piece.length - piece.trimStart().length;
  return {start: first, end: first + piece.trim().length};
}
