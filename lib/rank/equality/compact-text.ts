/**
 * Writes a text that is no list in one way of the many that LaTeX and spaces allow: without braces around a single
 * character (`x^{2}`, `\frac{1}{2}`), without the spaces that part no two words or numbers, and words in small letters.
 * Takes time linear in the text.
 *
 * @param text - as `plainAnswer` returns it
 * @returns a text to compare; the letters of formulas keep their case
 */
export function compactText(text: string): string {
  const compact = text
    // 2 \cdot x and 2 * x are 2x, and 2 * 3 is 2 \cdot 3.
    .replace(/(?<=\d) ?(?:\\(?:cdot|times)(?![A-Za-z])|\*) ?(?=[A-Za-z\\(])/g, '')
    .replace(/(?<=\d) ?(?:\\times(?![A-Za-z])|\*) ?(?=\d)/g, '\\cdot ')
    // \log_{2}8 is \log_2 8, not \log_{28}.
    .replace(/([_^])\{(\w)\}(?=\w)/g, '$1$2 ')
    .replace(/(\p{L}?)\{([^\\{}\s])\}/gu, (_, before: string, inside: string) =>
      // \sqrt{x} is \sqrt x, not \sqrtx.
      before !== '' && /\p{L}/u.test(inside) ? `${before} ${inside}` : before + inside,
    )
    .replace(/(\\[A-Za-z]+) (?=\p{N})/gu, '$1')
    // 2 x is 2x and \sqrt 2 is \sqrt2, but 1 1/2 is not 11/2, and \pi r is not \pir.
    .replace(/ (?![\p{L}\p{N}])|(?<![\p{L}\p{N}]) |(?<=\p{N}) (?=\p{L})/gu, '');
  const fraction = simpleFraction.exec(compact);
  if (fraction) {
    const [, sign, above, first, below, second] = fraction;
    const isSum = above !== undefined && /[+\- ]/.test(above);
    return `${sign}${isSum ? `(${above})` : (above ?? first)}/${below ?? second}`;
  }

  return /^\p{L}[\p{L} '’-]+$/u.test(compact) ? compact.toLowerCase() : compact;
}

// \frac{2\pi}{3} is 2\pi/3, as long as it is clear how far the slash reaches, and \frac{x+1}{2} is (x+1)/2.
const simpleFraction =
  /^(-?)\\frac ?(?:\{([^{}+\- /]+|(?=[^{}]*[A-Za-z])[^{}/]+)\}|(\d|[A-Za-z]))(?:\{(\d+|\\[A-Za-z]+)\}| ?(\d|[A-Za-z]))$/;
