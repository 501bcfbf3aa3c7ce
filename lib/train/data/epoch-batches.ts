import {seededRandom} from '../../utils/seeded-random.js';
import {shuffled} from '../../utils/shuffle.js';
import type {Unit} from './training-units.js';

/**
 * Cuts an epoch into batches: the prompts in a random order, those of one prompt one after the other, so that a batch
 * evaluates a prompt once for its responses.
 *
 * @param units - those of each prompt
 * @param batchSize - the most units in a batch; batches differ by one at most, so that none is left with a few
 * @param random - the seed and the epoch's number decide the order, and nothing else
 */
export function epochBatches(
  units: readonly (readonly Unit[])[],
  batchSize: number,
  {seed, epoch}: {seed: number; epoch: number},
): Unit[][] {
  // Far apart, so that no epoch of one seed is one of a seed beside it.
  const random = seededRandom(seed + Math.imul(epoch + 1, 0x9e3779b1));
  const order = shuffled(units, random).flatMap(ofPrompt => shuffled(ofPrompt, random));
  const count = Math.ceil(order.length / batchSize);
  return Array.from({length: count}, (_, index) =>
    order.slice(Math.floor((index * order.length) / count), Math.floor(((index + 1) * order.length) / count)),
  );
}
