import type {BetaSchedule} from '../reward/beta-schedule.js';

/**
 * The reward of one nat where the schedule gives it most: what colours and bars go by.
 *
 * @param beta - β
 * @param schedule - how it changes
 * @param lengths - of the responses to be compared, in tokens
 */
export function natReward(
  beta: number,
  schedule: Exclude<BetaSchedule, (...input: never) => unknown>,
  lengths: readonly number[],
): number {
  // The others begin with a factor of 1.
  return schedule === 'length-normalised' ? beta / Math.max(1, ...lengths) : beta;
}
