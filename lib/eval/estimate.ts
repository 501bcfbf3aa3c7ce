/** A number measured on a sample, and how far to trust it. */
export interface Estimate {
  /** What was measured. */
  value: number;
  /** The lower end of its 95 % bootstrap confidence interval. */
  low: number;
  /** The upper end of the interval. */
  high: number;
}
