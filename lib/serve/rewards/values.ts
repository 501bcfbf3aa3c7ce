import type {RewardValue} from '../server-options.js';
import type {Judgement} from './judge.js';

/** The one number that a trainer gets for a response, in units of reward. */
export function rewardOf({steps, reward, score}: Judgement, value: RewardValue): number {
  switch (value) {
    case 'sum':
      return reward;
    case 'score':
      return score;
    case 'last':
      return steps.at(-1)!.reward;
  }
}

/** How likely the response is right, 0 … 1. */
export function probabilityOf({steps}: Judgement): number {
  return steps.at(-1)!.probability;
}
