import {z} from 'zod';
import {check} from '../../utils/check.js';
import {bootstrapShape} from '../bootstrap.js';
import {bySchema, checkSamples} from './schema.js';
import {ProcessBenchTally} from './tally.js';
import type {ProcessBenchEvaluation, ProcessBenchOptions, ProcessBenchSample} from './types.js';

const optionsSchema = z.strictObject({
  threshold: z.number().min(0).max(1),
  by: bySchema,
  ...bootstrapShape,
});

/**
 * Measures how well process rewards find the first wrong step of a solution, as ProcessBench does (arXiv 2412.06559): the
 * first step whose σ(value) lies under a threshold is the predicted error. Runs no model.
 *
 * @param samples - scored solutions, at least one
 * @param options - the threshold (see {@link bestThreshold}), what σ is taken of, how to make confidence intervals
 * @throws {@link InvalidInputError} for no sample, or a label that is no step
 */
export function evaluateProcessBench(
  samples: readonly ProcessBenchSample[],
  options: ProcessBenchOptions,
): ProcessBenchEvaluation {
  checkSamples(samples, "evaluateProcessBench's samples");
  const {threshold, by, ...drawing} = check(optionsSchema, options, "evaluateProcessBench's options");
  const tally = new ProcessBenchTally(by);
  for (const sample of samples) {
    tally.add(sample);
  }

  return tally.evaluate(threshold, drawing);
}
