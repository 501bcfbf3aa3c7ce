/**
 * The area under the ROC curve: how often a positive is scored above a negative, ties counting half.
 *
 * @param positives - scores of what should be high
 * @param negatives - scores of what should be low
 */
export function auc(positives: readonly number[], negatives: readonly number[]): number {
  let wins = 0;
  for (const positive of positives) {
    for (const negative of negatives) {
      wins += positive > negative ? 1 : positive === negative ? 0.5 : 0;
    }
  }

  return wins / (positives.length * negatives.length);
}
