import {isBlank, lineRanges, type TextRange} from './ranges.js';

/**
 * Finds the paragraphs of a text: runs of lines with no blank line among them. The indentation of the first line
 * belongs to the paragraph, since it means something in code and in lists. A blank line in a code fence or a LaTeX
 * environment parts nothing.
 *
 * @param text - any text
 * @param wholes - what is not to be cut, as {@link wholeRanges} finds it
 * @returns the paragraphs in order
 */
export function paragraphRanges(text: string, wholes: readonly TextRange[]): TextRange[] {
  const paragraphs: TextRange[] = [];
  const isInside = insideOf(wholes);
  let open: TextRange | undefined;
  for (const line of lineRanges(text)) {
    const isInWhole = isInside(line.start);
    if (isBlank(text.slice(line.start, line.end))) {
      open = isInWhole ? open : undefined;
    } else if (open) {
      open.end = line.end;
    } else {
      open = line;
      paragraphs.push(open);
    }
  }

  return paragraphs;
}

/** Tells whether places, asked for in ascending order, are inside one of the ranges, behind its beginning. */
export function insideOf(ranges: readonly TextRange[]): (place: number) => boolean {
  let next = 0;
  return place => {
    while (next < ranges.length && ranges[next]!.end <= place) {
      next++;
    }

    return next < ranges.length && ranges[next]!.start < place;
  };
}

/**
 * Finds what a reader takes for one thing: code between fences, LaTeX between `\begin{…}` and `\end{…}`, `\[` and `\]`,
 * and lines `$$`. What is not closed is none. Takes time linear in the text, but for fences of ever other lengths.
 *
 * @returns the outermost ranges, in order
 */
export function wholeRanges(text: string): TextRange[] {
  const all = [...fences(text), ...environments(text)].sort((a, b) => a.start - b.start || b.end - a.end);
  const wholes: TextRange[] = [];
  for (const range of all) {
    const before = wholes.at(-1);
    if (!before || range.start >= before.end) {
      wholes.push(range);
    } else {
      before.end = Math.max(before.end, range.end);
    }
  }

  return wholes;
}

interface FenceLine extends TextRange {
  mark: string;
  length: number;
  /** Whether nothing follows on the line: only then it can close. */
  isBare: boolean;
}

function closes(line: FenceLine, opening: FenceLine): boolean {
  return line.isBare && line.mark === opening.mark && line.length >= opening.length;
}

function fences(text: string): TextRange[] {
  const lines = [...text.matchAll(/^[ \t]{0,12}(`{3,}|~{3,}|\$\$)([^\n\r]*)/gm)].map(
    ({0: line, 1: mark, 2: rest, index}): FenceLine => ({
      start: index,
      end: index + line.length,
      mark: mark![0]!,
      length: mark!.length,
      isBare: isBlank(rest!),
    }),
  );
  const found: TextRange[] = [];
  /** For each mark the least length of one that nothing closes any more. */
  const unclosed = new Map<string, number>();
  for (let index = 0; index < lines.length; index++) {
    const {start, mark, length, isBare} = lines[index]!;
    // What follows $$ on its line is a formula already.
    if (length >= (unclosed.get(mark) ?? Number.POSITIVE_INFINITY) || (mark === '$' && !isBare)) {
      continue;
    }

    let close = index + 1;
    while (close < lines.length && !closes(lines[close]!, lines[index]!)) {
      close++;
    }

    if (close === lines.length) {
      unclosed.set(mark, length);
    } else {
      found.push({start, end: lines[close]!.end});
      index = close;
    }
  }

  return found;
}

function environments(text: string): TextRange[] {
  const found: TextRange[] = [];
  const open = new Map<string, number[]>();
  for (const {0: command, 1: edge, 2: name, index} of text.matchAll(
    /\\(begin|end) ?\{([A-Za-z]{1,30}\*?)\}|(?<!\\)\\[[\]]/g,
  )) {
    const key = name ?? '[';
    const starts = open.get(key) ?? [];
    open.set(key, starts);
    if (edge === 'begin') {
      starts.push(index);
    } else if (command === '\\[') {
      // Displayed formulas are in no other.
      open.set(key, [index]);
    } else {
      const start = starts.pop();
      if (start !== undefined) {
        found.push({start, end: index + command.length});
      }
    }
  }

  return found;
}
