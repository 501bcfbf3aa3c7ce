import {isBlank} from './is-blank.js';
import {lineRanges} from './line-ranges.js';
import type {TextRange} from './text-range.js';

/**
 * Finds the paragraphs of a text: runs of lines with no blank line among them. The indentation of the first line
 * belongs to the paragraph, since it means something in code and in lists.
 *
 * @param text - any text
 * @returns the paragraphs in order
 */
export function paragraphRanges(text: string): TextRange[] {
  const paragraphs: TextRange[] = [];
  let open: TextRange | undefined;
  for (const line of lineRanges(text)) {
    if (isBlank(text.slice(line.start, line.end))) {
      open = undefined;
    } else if (open) {
      open.end = line.end;
    } else {
      open = line;
      paragraphs.push(open);
    }
  }

  return paragraphs;
}
