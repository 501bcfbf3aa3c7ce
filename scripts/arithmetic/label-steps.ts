import {apply, evaluate, type Token, tokensOf} from './expression.js';

/** Whether each step of a trace is right. */
export interface StepLabels {
  /** For each step whether it is right after the one before it, whether or not that was. */
  right: boolean[];
  /** The index of the first that is wrong; −1 if none is. */
  firstWrong: number;
}

const stepForm = /^Step \d+: (-?\d+) ([-+*]) (-?\d+) = (-?\d+), (?:so|leaving|which gives|now) (.+)$/u;
const answerForm = /^Answer: (-?\d+)$/u;

/**
 * Tells which steps of an answer to `Compute E` are right. A step `Step k: a op b = c, so REST` is if a op b is c, and if
 * REST is what came before it with that operation done: one that comes first by the rules, its operands in either order
 * if it is a sum or a product. An answer is right if it is the number that is left.
 *
 * @param prompt - `Compute E`
 * @param steps - the answer's, `Answer: n` the last
 */
export function labelSteps(prompt: string, steps: readonly string[]): StepLabels {
  let before = tokensOf(prompt.replace(/^Compute /u, ''));
  const right = steps.map((step, index) => {
    const answer = answerForm.exec(step);
    if (answer) {
      return index === steps.length - 1 && before?.length === 1 && before[0] === Number(answer[1]);
    }

    const match = stepForm.exec(step);
    const after = match ? tokensOf(match[5]!) : undefined;
    const isRight =
      match !== null &&
      before !== undefined &&
      after !== undefined &&
      isRewriting(before, after, [Number(match[1]), match[2] as Token, Number(match[3])], Number(match[4]));
    before = after;
    return isRight;
  });
  return {right, firstWrong: right.indexOf(false)};
}

function isRewriting(
  before: readonly Token[],
  after: readonly Token[],
  [left, operator, right]: [number, Token, number],
  result: number,
): boolean {
  if (apply(left, operator, right) !== result || evaluate(before) !== evaluate(after)) {
    return false;
  }

  return before.some((_, index) => {
    const [a, b, c] = before.slice(index, index + 3);
    const isOperation =
      b === operator && ((a === left && c === right) || (operator !== '-' && a === right && c === left));
    return isOperation && equal(replaced(before, index, result), after);
  });
}

/** The expression with a result in place of an operation, and of the parentheses around it. */
function replaced(tokens: readonly Token[], index: number, result: number): Token[] {
  const enclosed = tokens[index - 1] === '(' && tokens[index + 3] === ')' ? 1 : 0;
  return [...tokens.slice(0, index - enclosed), result, ...tokens.slice(index + 3 + enclosed)];
}

function equal(a: readonly Token[], b: readonly Token[]): boolean {
  return a.length === b.length && a.every((token, index) => token === b[index]);
}
