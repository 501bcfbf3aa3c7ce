import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {showValue} from '../../errors/show-value.js';

/**
 * Estimates pass@k without bias from n ≥ k samples (Chen et al., arXiv 2107.03374): 1 − C(n − c, k) / C(n, k), the share
 * of all choices of k among the n samples that hold a right one.
 *
 * @param total - n, the number of samples
 * @param correct - c, how many of them are right, 0 … n
 * @param k - how many are drawn, 1 … n
 * @returns 0 … 1
 * @throws {@link InvalidInputError} for numbers that are not whole or out of these ranges
 */
export function passAtK(total: number, correct: number, k: number): number {
  checkWhole('total', total, 1, Number.MAX_SAFE_INTEGER);
  checkWhole('correct', correct, 0, total);
  checkWhole('k', k, 1, total);
  // As a product: the binomial coefficients themselves overflow.
  let allWrong = 1;
  for (let drawn = 0; drawn < k && allWrong > 0; drawn++) {
    allWrong *= Math.max(0, total - correct - drawn) / (total - drawn);
  }

  return 1 - allWrong;
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (!(Number.isSafeInteger(value) && value >= least && value <= most)) {
    throw new InvalidInputError(
      `${name} of passAtK has to be a whole number from ${least} to ${most}, not ${showValue(value)}.`,
    );
  }
}
