/** How many lines a run has done. */
export interface RunCounts {
  /** Those that were skipped included. */
  lines: number;
  /** Lines that could not be scored. */
  skipped: number;
}
