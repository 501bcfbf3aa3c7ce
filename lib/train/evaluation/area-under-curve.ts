/** A value that is to tell positives from negatives. */
export interface RankedValue {
  value: number;
  isPositive: boolean;
  /** The number of what is drawn together with it: a prompt, a solution. */
  owner: number;
}

/**
 * Makes a function that computes the area under the ROC curve, how often a positive has a higher value than a negative (ties
 * count half), with owners weighed. Sorts once, so that a bootstrap takes linear time for each draw.
 *
 * @returns a function from weights by owner to 0 … 1; NaN where one kind has no weight
 */
export function areaUnderCurve(values: readonly RankedValue[]): (weights: ArrayLike<number>) => number {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  return weights => {
    let [positives, negatives, wins] = [0, 0, 0];
    for (let start = 0; start < sorted.length; ) {
      // Those that are equal.
      let [right, wrong, end] = [0, 0, start];
      for (; end < sorted.length && sorted[end]!.value === sorted[start]!.value; end++) {
        const {isPositive, owner} = sorted[end]!;
        right += isPositive ? weights[owner]! : 0;
        wrong += isPositive ? 0 : weights[owner]!;
      }

      wins += right * (negatives + wrong / 2);
      positives += right;
      negatives += wrong;
      start = end;
    }

    return wins / (positives * negatives);
  };
}
