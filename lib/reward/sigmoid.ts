/**
 * The logistic function σ(x) = 1 / (1 + e^−x), which turns a reward into the probability that the outcome is right,
 * as the cross-entropy objective of arXiv 2412.01981, section 3, trains it.
 *
 * @param x - a reward or Q value, any number
 * @returns 0 … 1, without overflow and with full relative precision in both tails; NaN for NaN
 */
export function sigmoid(x: number): number {
  if (x >= 0) {
    return 1 / (1 + Math.exp(-x));
  }

  // Under −709 e^−x overflows, and the probability would be 0 too early.
  const odds = Math.exp(x);
  return odds / (1 + odds);
}
