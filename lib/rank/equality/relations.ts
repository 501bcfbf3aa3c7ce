import type {AnswerTree} from './answer-tree.js';
import {separatorTokens, splitOutsideBrackets} from './brackets.js';
import {textEnd, textStart} from './plain-answer.js';

const operators = separatorTokens('[=<>]|\\\\(?:ne|le|ge|approx|in)(?![A-Za-z])');

type Parse = (text: string) => AnswerTree;

/**
 * Reads an equation, an inequality or a membership.
 *
 * @param text - as `plainAnswer` returns it
 * @param parse - reads a side
 * @returns the relation; for `x \in S` what S is, for `a < x \le b` an interval; `undefined` if the text is none
 */
export function parseRelation(text: string, parse: Parse): AnswerTree | undefined {
  const found = splitOutsideBrackets(text, operators);
  if (!found || found.separators.length === 0) {
    return undefined;
  }

  const sides = found.parts.map(part => part.trim());
  const kinds = new Set(found.separators);
  if (kinds.has('\\in')) {
    return kinds.size === 1 && sides.length === 2 && isName(sides[0]!) ? parse(sides[1]!) : undefined;
  }

  return found.separators.every(sign => sign === '=' || sign === '\\approx')
    ? equation(sides, found.separators, parse)
    : inequality(sides, found.separators, parse);
}

/** Of `x = 2 + 3 = 5` only what `x` is at the end counts, and of `x = 1/3 \approx 0.33` what is exact. */
function equation(all: readonly string[], signs: readonly string[], parse: Parse): AnswerTree | undefined {
  const rounded = signs.indexOf('\\approx');
  const exact = all.slice(0, rounded + 1).filter(side => side !== '');
  const isExactSaid = rounded !== -1 && exact.some(side => !isName(side));
  const sides = (isExactSaid ? exact : all).filter(side => side !== '');
  const last = sides.at(-1);
  const before = sides.slice(0, -1);
  if (last === undefined || before.length === 0) {
    return last === undefined ? undefined : parse(last);
  }

  if (before.some(isName)) {
    return {kind: 'equation', left: leaf(before.find(isName)!), right: parse(last), named: true};
  }

  // 5 = x, and 2 + 3 = 5.
  if (before.length === 1 && isName(last)) {
    return {kind: 'equation', left: leaf(last), right: parse(before[0]!), named: true};
  }

  if (sides.every(isConstant)) {
    return parse(last);
  }

  return before.length === 1
    ? {kind: 'equation', left: leaf(before[0]!), right: parse(last), named: false}
    : undefined;
}

function inequality(
  sides: readonly string[],
  signs: readonly string[],
  parse: Parse,
): AnswerTree | undefined {
  // Written from the lesser to the greater.
  const isFalling = signs.every(sign => sign === '>' || sign === '\\ge');
  const ordered = isFalling ? sides.toReversed() : sides;
  const rising = isFalling
    ? signs.toReversed().map(sign => (sign === '>' ? '<' : '\\le'))
    : signs.map(sign => sign.trim());
  if (ordered.some(side => side === '') || !rising.every(isOperator)) {
    return undefined;
  }

  const [left, right, last] = ordered as [string, string, string?];
  const [operator, second] = rising as [Operator, Operator?];
  if (last !== undefined && second !== undefined) {
    const isInterval = ordered.length === 3 && isConstant(left) && isName(right) && isConstant(last);
    return isInterval && operator !== '\\ne' && second !== '\\ne'
      ? interval(operator, parse(left), parse(last), second)
      : undefined;
  }

  if (operator === '\\ne') {
    return {kind: 'relation', operator, left: parse(left), right: parse(right)};
  }

  if (isName(left) && isConstant(right)) {
    return interval('<', leaf('-\\infty'), parse(right), operator);
  }

  return isConstant(left) && isName(right)
    ? interval(operator, parse(left), leaf('\\infty'), '<')
    : {kind: 'relation', operator, left: parse(left), right: parse(right)};
}

type Operator = '<' | '\\le' | '\\ne';

const isOperator = (sign: string): sign is Operator => sign === '<' || sign === '\\le' || sign === '\\ne';

const leaf = (text: string): AnswerTree => ({kind: 'leaf', text});

function interval(left: Operator, low: AnswerTree, high: AnswerTree, right: Operator): AnswerTree {
  return {
    kind: 'list',
    open: left === '<' ? '(' : '[',
    close: right === '<' ? ')' : ']',
    elements: [low, high],
  };
}

const greek =
  '\\\\(?:alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Sigma|Phi|Psi|Omega|ell)(?![A-Za-z])';
// Words are names where they cannot be a product of variables.
const symbol = `(?:[A-Za-z]|[A-Z][A-Za-z]{1,20}|[a-z]{4,20}|${greek}|${textStart}[^${textEnd}]{1,40}${textEnd})`;
const named = `(?:${symbol}(?:\\^ ?\\{? ?-1 ?\\}?)?(?: ?\\([^()=<>]{1,30}\\))?|\\| ?${symbol} ?\\|)`;
const ratio = `(?:${named}|\\{ ?${named} ?\\}) ?[:/] ?(?:${named}|\\{ ?${named} ?\\})|\\\\frac ?\\{ ?${named} ?\\} ?\\{ ?${named} ?\\}`;
const tuple = `\\( ?${named}(?: ?, ?${named})* ?\\)`;
const name = new RegExp(`^(?:${named}|\\{ ?${named} ?\\}|${ratio}|${tuple})$`);

/** Whether a side of a relation only names what stands on the other: `x`, `a_1`, `f(x)`, `AB`, `(x, y)`, `a : b`. */
export function isName(side: string): boolean {
  const bare = side
    .replace(/_ ?(?:\{[^{}]{0,20}\}|\w)/g, '')
    .replace(/'|\\prime/g, '')
    .replace(
      /\\(?:m?angle|triangle|overline|overrightarrow|vec|hat|bar|tilde|mathbb|mathcal)(?![A-Za-z])/g,
      '',
    )
    .trim();
  return bare.length < 200 && name.test(bare);
}

/** Whether there is no variable in a formula. */
export function isConstant(side: string): boolean {
  return !/[A-Za-z]/.test(side.replace(/\\[A-Za-z]+/g, '')) && !new RegExp(greek).test(side) && side !== '';
}
