/** Pearson's correlation of two lists of numbers, −1 … 1. */
export function correlation(left: readonly number[], right: readonly number[]): number {
  const [leftMean, rightMean] = [mean(left), mean(right)];
  let [product, leftSquares, rightSquares] = [0, 0, 0];
  for (const [index, value] of left.entries()) {
    const [a, b] = [value - leftMean, right[index]! - rightMean];
    product += a * b;
    leftSquares += a * a;
    rightSquares += b * b;
  }

  return product / Math.sqrt(leftSquares * rightSquares);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
