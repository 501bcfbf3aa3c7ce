/**
 * Finds what stands in the last `\boxed{…}` or `\fbox{…}`. Takes time linear in the text.
 *
 * @param text - any text
 * @returns what is between the box's braces, as it stands there; `null` if there is no box, or if the last is not
 * closed
 */
export function boxedAnswer(text: string): string | null {
  let start: number | undefined;
  for (const match of text.matchAll(/\\(?:boxed|fbox)\s*\{/g)) {
    start = match.index + match[0].length;
  }

  return start === undefined ? null : upToClosingBrace(text.slice(start));
}

function upToClosingBrace(text: string): string | null {
  let depth = 1;
  // An escaped brace is taken whole, with its backslash, and so is an escaped backslash before a real brace.
  for (const {0: token, index} of text.matchAll(/\\[\s\S]|[{}]/g)) {
    if (token === '{') {
      depth++;
    } else if (token === '}' && --depth === 0) {
      return text.slice(0, index);
    }
  }

  return null;
}
