/** Commands that only change how their argument looks, and so go together with its braces. */
const wrappers = new Set(
  ['text', 'textbf', 'textit', 'textrm', 'texttt', 'mbox', 'mathrm', 'mathbf', 'mathit', 'mathsf', 'mathtt']
    .concat(['boldsymbol', 'operatorname', 'boxed', 'fbox'])
    .map(name => `\\${name}`),
);

const replacements: ReadonlyMap<string, string> = new Map([
  ...['(', ')', '[', ']', '!', 'left', 'right', 'displaystyle', 'degree'].map(
    name => [`\\${name}`, ''] as const,
  ),
  ...['big', 'Big', 'bigl', 'bigr', 'Bigl', 'Bigr'].map(name => [`\\${name}`, ''] as const),
  ...[',', ';', ':', '>', ' ', '\n', 'quad', 'qquad'].map(name => [`\\${name}`, ' '] as const),
  ...['dfrac', 'tfrac', 'cfrac'].map(name => [`\\${name}`, '\\frac'] as const),
  ['\\%', '%'],
  ['\\lbrace', '\\{'],
  ['\\rbrace', '\\}'],
]);

/**
 * Takes out of an answer what only says how it looks: dollar signs and other maths delimiters, `\text{}` and the like,
 * `\left` and `\right`, degree signs, full stops at the end; and makes one space of white space of any kind and length.
 * Takes time linear in the answer.
 *
 * @param answer - any text
 * @returns the answer as plainly as LaTeX can have it; may be empty
 */
export function plainAnswer(answer: string): string {
  const unified = answer
    .replaceAll('\u2212', '-')
    .replaceAll('°', '')
    .replaceAll('{,}', ',')
    .replace(/\\?\$/g, '')
    // A thin space between digits groups thousands, elsewhere it is a space.
    .replace(/(\d)\\,(?=\d{3}(?!\d))/g, '$1');
  const plain = withoutWrappers(unified)
    .replace(/\s+/g, ' ')
    .replace(/\^ ?(?:\\circ(?![A-Za-z])|\{ ?\\circ ?\})/g, '');
  return withoutFullStops(plain);
}

function withoutWrappers(text: string): string {
  const pieces: string[] = [];
  const closing: string[] = [];
  let unwrapping = false;
  for (const [token] of text.matchAll(/\\(?:[A-Za-z]+|[\s\S])?|[{}]|[^\\{}]+/g)) {
    if (wrappers.has(token)) {
      unwrapping = true;
      continue;
    }

    if (token === '{') {
      pieces.push(unwrapping ? '' : '{');
      closing.push(unwrapping ? '' : '}');
    } else {
      pieces.push(token === '}' ? (closing.pop() ?? '}') : (replacements.get(token) ?? token));
    }

    unwrapping &&= token.trim() === '';
  }

  return pieces.join('');
}

// By hand, as a regular expression for dots at the end takes quadratic time where many of them stand elsewhere.
function withoutFullStops(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '.' || text[end - 1] === ' ')) {
    end--;
  }

  return text.slice(0, end).trimStart();
}
