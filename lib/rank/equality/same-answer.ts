import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {showValue} from '../../errors/show-value.js';
import {answerKey} from './answer-key.js';

/**
 * Tells whether two final answers are the same: the comparer {@link vote} uses unless it is given another. It is an
 * equivalence (reflexive, symmetric, transitive), throws at no string, and takes time linear in the answers.
 *
 * - Numbers are the same if they are equal, exactly, by a library for rational numbers: whole numbers, `1,234`,
 *   `1\,234`, `1 234`, `5 million`, decimals, `0.\overline{3}`, `1e3`, `1\times10^{3}`, `10^3`, `101_2`, `a/b`,
 *   `\frac{a}{b}` (also `\dfrac`, `\tfrac`, `\frac12`, ½) and the mixed `1 1/2`. So 0.5, 1/2, `\frac{2}{4}` and .50 are
 *   the same, 3 and 3.0, 0 and -0. Nothing else is calculated: `2+3` is a text; {@link openAlgebra} is for that. Numbers
 *   of more than 1,000 characters, or with an exponent beyond ±1,000, are compared as texts.
 * - A decimal is what it was rounded from, if that can be seen: three decimals or more of a fraction with the denominator
 *   3, 6, 7, 9, 11 or 12 (0.333 is 1/3, but 0.33 is not), six digits or more of a multiple of π or a square root.
 * - As in the MATH data set, a unit behind a number or set as text is left out (`5 \text{ cm}`, 5 square units), and so
 *   are degree and currency signs. Words that change the number stay (5 squared). Without a.m. a time is p.m.
 * - A whole percentage is its number, 50% is 50; any other is what it means, 12.5% is 1/8.
 * - What only names the answer is left out: `x = 5`, `f(x) = 2x`, `(x, y) = (1, 2)`, `x \in [0, 1]`; of `x = 2 + 3 = 5`
 *   the last counts. A number on the left or a sum is an equation: `x + y = 5` is not 5. An inequality is an interval:
 *   `0 < x \le 1` is (0, 1]. `(D) 17` is its letter.
 * - Left out of account: spaces that part no two words or numbers, dollar signs, `\( \)` and `\[ \]`, `\text{}`,
 *   `\mathrm{}`, `\mathbf{}`, `\boxed{}` and their like, `\left` and `\right`, sizes, `\,` `\!` `\;`, Markdown and
 *   punctuation around the answer, braces around a single character, Unicode for LaTeX (π, ², ≤), and which of several
 *   commands of one meaning is used (`\geq`, `\ge`, `>=`).
 * - Tuples, intervals and matrices are compared element by element, brackets included (but not those of a matrix): (1, 2)
 *   is `\left(1,\frac42\right)`, but neither (2, 1) nor [1, 2]. Between brackets a comma always parts elements: (1,234)
 *   is (1, 234). The order of a set, `\{1, 2\}` or {1, 2}, of a union, and of a list without brackets (`1, 2`, `2 and 1`)
 *   doesn't matter; `\pm` makes two elements. A single element in parentheses is the element.
 * - Everything else is compared as text; words and phrases (no digit or formula in them, and more than one letter) in
 *   any case of letters: Yes is yes, but the point A is not a.
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
