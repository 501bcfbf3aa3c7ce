/** The harmonic mean of two shares, 0 if either is 0: the F1 of ProcessBench. */
export function harmonicMean(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b);
}
