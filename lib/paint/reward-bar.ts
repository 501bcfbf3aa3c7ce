/**
 * Draws a reward as the two sides of a bar: below 0 it goes to the left, above to the right.
 *
 * @param reward - in units of reward
 * @param full - the size on from which the bar is full, above 0
 * @param columns - of either side
 * @returns both sides, filled up with spaces
 */
export function rewardBar(reward: number, full: number, columns: number): {left: string; right: string} {
  const halves = Math.round(2 * columns * Math.min(1, Math.abs(reward) / full));
  const blocks = '█'.repeat(Math.floor(halves / 2));
  const half = halves % 2 === 1;
  const left = reward < 0 ? `${half ? '▐' : ''}${blocks}` : '';
  const right = reward > 0 ? `${blocks}${half ? '▌' : ''}` : '';
  return {left: left.padStart(columns), right: right.padEnd(columns)};
}
