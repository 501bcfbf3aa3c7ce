/**
 * log σ(x) = −log(1 + e^−x), the log-probability that belongs to a reward.
 *
 * @param x - any number
 * @returns at most 0, without overflow and with full relative precision in both tails; NaN for NaN
 */
export function logSigmoid(x: number): number {
  return x >= 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x));
}
