/** A text taken apart at separators that stand in no bracket. */
export interface Parts {
  /** What stands between the separators, as it stands there; one more than there are separators. */
  parts: string[];
  /** The separators, as they stand there. */
  separators: string[];
}

/**
 * Takes a text apart at separators that are in no bracket and no LaTeX environment. Brackets need not be of one kind:
 * `[0, 1)` is an interval. Takes time linear in the text.
 *
 * @param text - as `plainAnswer` returns it
 * @param separators - made by {@link separatorTokens}
 * @returns the parts; `undefined` if the brackets do not match
 */
export function splitOutsideBrackets(text: string, separators: RegExp): Parts | undefined {
  const found: Parts = {parts: [], separators: []};
  let depth = 0;
  let start = 0;
  for (const {0: token, index, groups} of text.matchAll(separators)) {
    depth += depthChange(token);
    if (depth < 0) {
      return undefined;
    }

    if (groups?.separator !== undefined && depth === 0) {
      found.parts.push(text.slice(start, index));
      found.separators.push(token);
      start = index + token.length;
    }
  }

  found.parts.push(text.slice(start));
  return depth === 0 ? found : undefined;
}

/**
 * Makes the tokens that {@link splitOutsideBrackets} goes through.
 *
 * @param separator - a pattern of what parts
 * @param others - a pattern of what is taken whole although a separator may be in it
 */
export function separatorTokens(separator: string, others = '(?!)'): RegExp {
  return new RegExp(
    `${others}|(?<separator>${separator})|\\\\(?:begin|end)(?![A-Za-z])|\\\\[\\s\\S]|[()[\\]{}]`,
    'g',
  );
}

/** Takes the brackets off a text that stands in a pair of them, `undefined` if it does not. */
export function withoutBrackets(text: string): {open: string; close: string; inside: string} | undefined {
  const open = /^(?:[([{]|\\\{)/.exec(text)?.[0];
  const close = /(?:\\\}|[)\]}])$/.exec(text)?.[0];
  if (!open || !close || text.length < open.length + close.length) {
    return undefined;
  }

  const inside = text.slice(open.length, -close.length);
  return splitOutsideBrackets(inside, brackets) && {open, close, inside};
}

const brackets = separatorTokens('(?!)');

function depthChange(token: string): number {
  if (/^(?:\\?[([{]|\\begin)$/.test(token)) {
    return 1;
  }

  return /^(?:\\?[)\]}]|\\end)$/.test(token) ? -1 : 0;
}
