import {withoutUnicode} from './unicode.js';

/**
 * Around what LaTeX sets as text: whether letters are a unit or variables is seen from it. Private characters, which
 * no answer has a use for.
 */
export const textStart = '\ue000';
export const textEnd = '\ue001';

const setAsText = new Set(
  ['text', 'textbf', 'textit', 'textrm', 'texttt', 'textsf', 'textnormal', 'textup', 'textsc', 'emph', 'mbox']
    .concat(['hbox', 'mathrm', 'operatorname', 'mathit', 'mathsf', 'mathtt', 'mathbf'])
    .map(name => `\\${name}`),
);
/** Commands that only change how their argument looks, and so go together with its braces. */
const wrappers = new Set(
  [
    'boldsymbol',
    'boxed',
    'fbox',
    'framebox',
    'underline',
    'ensuremath',
    'mathstrut',
    'bm',
    'pmb',
    'mathnormal',
  ].map(name => `\\${name}`),
);
/** Those whose argument goes with them. */
const discarded = /\\(?:hspace|vspace|tag|label|textcolor|color|h?phantom)\*? ?\{[^{}]*\}/g;

const nothing = [
  '(',
  ')',
  '[',
  ']',
  '!',
  'left',
  'right',
  'middle',
  'displaystyle',
  'textstyle',
  'scriptstyle',
]
  .concat(['degree', 'large', 'Large', 'LARGE', 'huge', 'Huge', 'small', 'tiny', 'normalsize', 'limits'])
  .concat(['nolimits', 'bf', 'rm', 'it', 'sf', 'tt', 'big', 'Big', 'bigl', 'bigr', 'Bigl', 'Bigr', 'bigg'])
  .concat(['Bigg', 'biggl', 'biggr', 'pounds', 'euro', 'hfill', 'par', 'noindent', 'mathopen', 'mathclose']);
const spaces = [',', ';', ':', '>', ' ', '\n', 'quad', 'qquad', 'space', 'enspace', 'thinspace', 'newline'];
const synonyms: Readonly<Record<string, string>> = {
  ...{'\\%': '%', '\\lbrace': '\\{', '\\rbrace': '\\}', '\\lparen': '(', '\\rparen': ')', '\\lbrack': '['},
  ...{'\\rbrack': ']', '\\{': '\\{', '\\colon': ':', '\\lvert': '|', '\\rvert': '|', '\\vert': '|'},
  ...{'\\dfrac': '\\frac', '\\tfrac': '\\frac', '\\cfrac': '\\frac', '\\tbinom': '\\binom'},
  ...{
    '\\dbinom': '\\binom',
    '\\geq': '\\ge ',
    '\\geqslant': '\\ge ',
    '\\leq': '\\le ',
    '\\leqslant': '\\le ',
  },
  ...{'\\neq': '\\ne ', '\\lt': '<', '\\gt': '>', '\\varnothing': '\\emptyset ', '\\land': '\\wedge '},
  ...{
    '\\lor': '\\vee ',
    '\\rightarrow': '\\to ',
    '\\ast': '\\cdot ',
    '\\dotsc': '\\ldots ',
    '\\dots': '\\ldots ',
  },
  ...{
    '\\varepsilon': '\\epsilon ',
    '\\varphi': '\\phi ',
    '\\colonequals': '=',
    '\\div': '/',
    '\\simeq': '\\approx ',
  },
  ...{'\\doteq': '\\approx ', '\\bigcup': '\\cup ', '\\bigcap': '\\cap '},
};
const replacements: ReadonlyMap<string, string> = new Map([
  ...nothing.map(name => [`\\${name}`, ''] as const),
  ...spaces.map(name => [`\\${name}`, ' '] as const),
  ...Object.entries(synonyms),
]);

/**
 * Takes out of an answer what only says how it looks: dollar signs and other maths delimiters, `\text{}` and the like,
 * `\left` and `\right`, sizes, degree signs, Markdown and punctuation around it; writes one command for those that mean
 * the same, Unicode as LaTeX, and one space for white space of any kind and length. Takes time linear in the answer.
 *
 * @param answer - any text
 * @returns the answer as plainly as LaTeX can have it, text between {@link textStart} and {@link textEnd}; may be empty
 */
export function plainAnswer(answer: string): string {
  const unified = withoutUnicode(withSingleBackslashes(answer.replace(/[\ue000\ue001]/g, '')))
    .replace(discarded, '')
    .replace(/\s?\{\s?,\s?\}\s?/g, ',')
    .replace(/\\?[$"]/g, '')
    // A comma with a negative space behind it groups thousands, and so does a thin space between digits.
    .replace(/,\s?\\!\s?/g, ',')
    .replace(/(\d)\\[, ](?=\d{3}(?!\d))/g, '$1 ')
    .replaceAll('~', ' ');
  const plain = withoutWrappers(unified)
    .replace(/\s+/g, ' ')
    .replace(/\^ ?(?:\\circ(?![A-Za-z])|\{ ?\\circ ?\})/g, '')
    .replace(/<=/g, '\\le ')
    .replace(/>=/g, '\\ge ')
    .replace(/!=/g, '\\ne ')
    .replace(/\+ ?\\infty/g, '\\infty')
    // Digits in threes; two numbers beside each other are not, as 1 2.
    .replace(/(?<![\d.,^_{/] ?)\d{1,3}(?: \d{3})+(?! ?\d)/g, grouped => grouped.replaceAll(' ', ''));
  return trimmed(plain);
}

/** An answer whose every command has two backslashes came through one escape too many. */
function withSingleBackslashes(answer: string): string {
  return /\\\\[A-Za-z]{2}/.test(answer) && !/(?<!\\)\\[A-Za-z]/.test(answer)
    ? answer.replaceAll('\\\\', '\\')
    : answer;
}

function withoutWrappers(text: string): string {
  const pieces: string[] = [];
  const closing: string[] = [];
  let wrapper: string | undefined;
  for (const [token] of text.matchAll(/\\(?:[A-Za-z]+|[\s\S])?|[{}]|[^\\{}]+/g)) {
    if (setAsText.has(token) || wrappers.has(token)) {
      wrapper = token;
      continue;
    }

    if (token === '{') {
      const isText = wrapper !== undefined && setAsText.has(wrapper);
      pieces.push(wrapper === undefined ? '{' : isText ? textStart : '');
      closing.push(wrapper === undefined ? '}' : isText ? textEnd : '');
      wrapper = undefined;
    } else {
      pieces.push(token === '}' ? (closing.pop() ?? '}') : (replacements.get(token) ?? token));
      wrapper = token.trim() === '' ? wrapper : undefined;
    }
  }

  return pieces.join('');
}

const edges = new Set('.,;:*`_ \n');

// By hand, as a regular expression for characters at the end takes quadratic time where many of them stand elsewhere.
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (end > 0 && (edges.has(text[end - 1]!) || (text[end - 1] === '\\' && text[end - 2] === '\\'))) {
    end -= text[end - 1] === '\\' ? 2 : 1;
  }

  while (start < end && (text[start] === '*' || text[start] === '`' || text[start] === ' ')) {
    start++;
  }

  return text.slice(start, end);
}
