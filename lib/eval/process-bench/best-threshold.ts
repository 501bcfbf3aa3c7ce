import {z} from 'zod';
import {check} from '../../utils/check.js';
import {bySchema, checkSamples} from './schema.js';
import {ProcessBenchTally} from './tally.js';
import type {BestThreshold, ProcessBenchSample, ThresholdOptions} from './types.js';

/**
 * Chooses the threshold with the highest F1 on some samples, to be applied to others, as ProcessBench does with
 * its subsets. Takes time linear in the number of steps.
 *
 * @param samples - of both kinds, with a wrong step and without
 * @param options - what σ is taken of
 * @throws {@link InvalidInputError} if there are no samples of the one kind or the other
 */
export function bestThreshold(
  samples: readonly ProcessBenchSample[],
  options: ThresholdOptions = {},
): BestThreshold {
  checkSamples(samples, "bestThreshold's samples");
  const {by} = check(z.strictObject({by: bySchema}), options, "bestThreshold's options");
  const tally = new ProcessBenchTally(by);
  for (const sample of samples) {
    tally.add(sample);
  }

  return tally.bestThreshold();
}
