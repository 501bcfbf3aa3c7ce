import {seededRandom} from '../../utils/seeded-random.js';
import {shuffled} from '../../utils/shuffle.js';
import type {TrainingSet} from './training-set.js';

/** Which prompts are learned from and which are held out, by number, ascending. */
export interface PromptSplit {
  training: number[];
  heldOut: number[];
}

/**
 * Holds prompts out, whole with all of their responses, so that nothing is tested on a prompt that was learned from.
 *
 * @param share - of the prompts, 0 … 1; at least one is held out unless it is 0, and at least one is not
 */
export function splitPrompts(
  {groups}: Pick<TrainingSet, 'groups'>,
  {share, seed}: {share: number; seed: number},
): PromptSplit {
  const wanted = share === 0 ? 0 : Math.max(1, Math.round(share * groups.length));
  const count = Math.min(wanted, groups.length - 1);
  const order = shuffled([...groups.keys()], seededRandom(seed));
  return {
    training: order.slice(count).toSorted(ascending),
    heldOut: order.slice(0, count).toSorted(ascending),
  };
}

function ascending(a: number, b: number): number {
  return a - b;
}
