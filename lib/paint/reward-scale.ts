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

/**
 * The size of reward on from which the bars of some responses are full: the largest reward of their steps, but two nats
 * at least, so that a response in which nothing happens looks like one.
 *
 * @param responses - those to be compared
 * @param nat - the reward of one nat
 */
export function fullBar(responses: readonly {steps: readonly {reward: number}[]}[], nat: number): number {
  const sizes = responses.flatMap(({steps}) => steps.map(({reward}) => Math.abs(reward)));
  return sizes.reduce((largest, size) => Math.max(largest, size), 2 * nat);
}

/**
 * How many digits after the point a reward needs: 2, more where the reward of a nat is small.
 *
 * @param nat - the reward of one nat, above 0
 * @returns 2 … 4
 */
export function rewardPlaces(nat: number): number {
  return Math.min(4, Math.max(2, 1 + Math.ceil(-Math.log10(nat))));
}
