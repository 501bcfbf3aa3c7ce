/** How many lines a run has done. */
export interface ScoreCounts {
  /** Those that were skipped included. */
  lines: number;
  /** Lines that could not be scored. */
  skipped: number;
}
