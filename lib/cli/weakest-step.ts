/**
 * Finds the step with the lowest reward, the first such one on a tie.
 *
 * @param steps - at least one
 * @returns its index
 */
export function weakestStep(steps: readonly {reward: number}[]): number {
  const rewards = steps.map(({reward}) => reward);
  return rewards.indexOf(Math.min(...rewards));
}
