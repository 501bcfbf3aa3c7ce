/** Elements between commas and what is around them. */
export interface AnswerList {
  /** `(`, `[`, `{`, `\{`, or nothing. */
  open: string;
  /** `)`, `]`, `}`, `\}`, or nothing. The kinds need not fit each other: `(0, 1]` is an interval. */
  close: string;
  /** The elements in order, at least one, as they stand there. */
  elements: string[];
}

/**
 * Takes a tuple, interval or set apart at the commas that are in no inner bracket. Between brackets every comma parts
 * two elements; in a list without brackets, commas between thousands (`1,234`) do not. Takes time linear in the text.
 *
 * @param text - as `plainAnswer` returns it
 * @returns brackets and elements; one element and no brackets for a text that is no list or whose brackets don't match
 */
export function splitList(text: string): AnswerList {
  const open = /^(?:[([{]|\\\{)/.exec(text)?.[0] ?? '';
  const close = /(?:\\\}|[)\]}])$/.exec(text)?.[0] ?? '';
  const inside =
    open && close && splitAtCommas(text.slice(open.length, -close.length), /\\[\s\S]|[()[\]{},]/g);
  return inside
    ? {open, close, elements: inside}
    : {open: '', close: '', elements: splitAtCommas(text, outsideBrackets) ?? [text]};
}

const outsideBrackets = /(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)|\\[\s\S]|[()[\]{},]/g;

function splitAtCommas(text: string, tokens: RegExp): string[] | undefined {
  const elements: string[] = [];
  let depth = 0;
  let start = 0;
  for (const {0: token, index} of text.matchAll(tokens)) {
    depth += depthChange(token);
    if (depth < 0) {
      return undefined;
    }

    if (token === ',' && depth === 0) {
      elements.push(text.slice(start, index));
      start = index + 1;
    }
  }

  return depth === 0 ? [...elements, text.slice(start)] : undefined;
}

function depthChange(token: string): number {
  if (/^\\?[([{]$/.test(token)) {
    return 1;
  }

  return /^\\?[)\]}]$/.test(token) ? -1 : 0;
}
