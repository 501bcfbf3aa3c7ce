import {seededRandom} from '../../lib/utils/seeded-random.js';
import {evaluate, tokensOf} from './expression.js';

/** A problem, and the right answer to it. */
export interface Problem {
  id: string;
  prompt: string;
  reference: string;
}

export interface ProblemOptions {
  count: number;
  seed: number;
  /** What ids begin with. */
  id?: string;
  /** Prompts that are not to be made, such as those that were trained on. */
  taken?: ReadonlySet<string>;
}

/**
 * Problems as the arithmetic models know them, all different: `Compute E`, E an expression of 3 to 5 integers from 2 to 20
 * with `+`, `-` and `*`, the one behind a `*` from 2 to 9, and in three of five cases parentheses around two of the
 * numbers.
 */
export function makeProblems({count, seed, id = 'problem', taken = new Set()}: ProblemOptions): Problem[] {
  const random = seededRandom(seed);
  const problems: Problem[] = [];
  const made = new Set(taken);
  while (problems.length < count) {
    const expression = makeExpression(random);
    const prompt = `Compute ${expression}`;
    if (!made.has(prompt)) {
      made.add(prompt);
      problems.push({
        id: `${id}-${problems.length}`,
        prompt,
        reference: String(evaluate(tokensOf(expression)!)),
      });
    }
  }

  return problems;
}

function makeExpression(random: () => number): string {
  const whole = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  const length = [3, 4, 4, 5][whole(0, 3)]!;
  const opens = random() < 0.62 ? whole(0, length - 2) : -1;
  const words = [];
  for (let index = 0; index < length; index++) {
    const operator = index === 0 ? '' : ['+', '+', '-', '-', '*'][whole(0, 4)]!;
    const number = operator === '*' ? whole(2, 9) : whole(2, 20);
    const [before, after] = [index === opens ? '(' : '', index === opens + 1 && opens >= 0 ? ')' : ''];
    words.push(operator, `${before}${number}${after}`);
  }

  return words.filter(Boolean).join(' ');
}
