import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import {answerKey} from './answer-key.js';

/**
 * Tells whether two final answers are the same: the comparer {@link vote} uses unless it is given another. It is an
 * equivalence (reflexive, symmetric, transitive), throws at no string, and takes time linear in the answers.
 *
 * - Numbers are the same if they are equal, exactly, by a library for rational numbers: whole numbers, `1,234`,
 *   `1\,234`, decimals, `0.\overline{3}`, `1e3`, `1\times10^{3}`, `a/b`, `\frac{a}{b}` (also `\dfrac`, `\tfrac`,
 *   `\frac12`) and the mixed `1 1/2`. So 0.5, 1/2, `\frac{2}{4}` and .50 are the same, 3 and 3.0, 0 and -0. 0.333 and
 *   1/3 are not: nothing is rounded. Nor is anything calculated: `2+3` is a text. Numbers of more than 1,000
 *   characters, or with an exponent beyond ±1,000, are compared as texts.
 * - Percentages are the same if their numbers are: 50% is `50\%` and 50.0%, but neither 0.5 nor 50.
 * - Left out of account: spaces that part no two words or numbers, dollar signs, `\( \)` and `\[ \]`, `\text{}`,
 *   `\mathrm{}`, `\mathbf{}`, `\boxed{}` and their like, `\left` and `\right`, `\,` `\!` `\;`, degree signs, full
 *   stops at the end, braces around a single character.
 * - Units are not guessed: `5 \text{ cm}` is 5 cm, but not 5.
 * - Tuples, intervals and lists are compared element by element, brackets included: (1, 2) is
 *   `\left(1,\frac42\right)`, but neither (2, 1) nor [1, 2]. Between brackets a comma always parts elements: (1,234)
 *   is (1, 234). The order of a set, `\{1, 2\}` or {1, 2}, doesn't matter. A single element in parentheses is the
 *   element.
 * - Everything else is compared as text; words and phrases (no digit or formula in them, and more than one letter) in
 *   any case of letters: Yes is yes, but the point A is not a.
 *
 * The authors' comparer (`eval/math_utils` of PRIME-RL/ImplicitPRM) also takes numbers within 10⁻⁴ of each other, and
 * 50 and 0.5 and 50%, for the same, and simplifies formulas; give {@link VoteOptions.same} to do so.
 *
 * @param a - an answer
 * @param b - another answer
 * @returns whether they are the same
 * @throws {@link InvalidInputError} if one is no string
 */
export function sameAnswer(a: string, b: string): boolean {
  for (const answer of [a, b]) {
    if (typeof answer !== 'string') {
      throw new InvalidInputError(`An answer has to be a string, not ${showValue(answer)}.`);
    }
  }

  return a === b || answerKey(a) === answerKey(b);
}
