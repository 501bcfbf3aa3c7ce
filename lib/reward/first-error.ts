/**
 * Predicts the first wrong step of a solution, as ProcessBench has it evaluated.
 *
 * @param probabilities - σ(value) of every step
 * @param threshold - under which a step counts as wrong
 * @returns the index of the first such step, −1 if there is none
 */
export function firstError(probabilities: readonly number[], threshold: number): number {
  return probabilities.findIndex(probability => probability < threshold);
}
