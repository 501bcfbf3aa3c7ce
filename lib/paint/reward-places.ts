/**
 * How many digits after the point a reward needs: 2, more where the reward of a nat is small.
 *
 * @param nat - the reward of one nat, above 0
 * @returns 2 … 4
 */
export function rewardPlaces(nat: number): number {
  return Math.min(4, Math.max(2, 1 + Math.ceil(-Math.log10(nat))));
}
