/** How large errors are, whatever their sign. */
export interface ErrorSummary {
  mean: number;
  /** Half of them are smaller. */
  median: number;
  /** All but one in a hundred are smaller. */
  percentile99: number;
  greatest: number;
}

/** Sums up the differences of two lists of numbers of the same things. */
export function errorSummary(values: readonly number[], exact: readonly number[]): ErrorSummary {
  const errors = Float64Array.from(values, (value, index) => Math.abs(value - exact[index]!)).sort();
  const at = (share: number) => errors[Math.floor(share * (errors.length - 1))]!;
  return {
    mean: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    median: at(0.5),
    percentile99: at(0.99),
    greatest: at(1),
  };
}
