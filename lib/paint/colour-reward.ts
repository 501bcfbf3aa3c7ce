import type {ChalkInstance} from 'chalk';
import {rewardPalettes} from './reward-palette.js';

/** From how many nats on a reward has the next stronger colour, on either side of 0. */
export const colourBounds = [0.1, 0.5, 1, 2] as const;

/**
 * Colours a text by a reward: blue above 0 and orange below, the stronger the further from it, and as it is near 0.
 *
 * @param text - without line feeds
 * @param reward - in units of reward
 * @param nat - the reward of one nat, above 0, which the colours go by
 * @param chalk - the colours of the terminal
 */
export function colourReward(text: string, reward: number, nat: number, chalk: ChalkInstance): string {
  const strength = colourBounds.filter(bound => Math.abs(reward) >= bound * nat).length;
  if (chalk.level === 0 || strength === 0) {
    return text;
  }

  const {above, below} = rewardPalettes[chalk.level];
  return (reward > 0 ? above : below)[strength - 1]!(chalk)(text);
}
