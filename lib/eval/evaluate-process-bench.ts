import {z} from 'zod';
import {sigmoid} from '../reward/sigmoid.js';
import {check} from '../utils/check.js';
import {bootstrap} from './bootstrap.js';
import {bootstrapShape} from './bootstrap-options.js';
import {calibrate} from './calibration.js';
import type {Estimate} from './estimate.js';
import {firstError} from './first-error.js';
import {harmonicMean} from './harmonic-mean.js';
import {bySchema, checkSamples} from './process-bench-schema.js';
import type {ProcessBenchEvaluation, ProcessBenchOptions, ProcessBenchSample} from './process-bench-types.js';

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
  const hits = samples.map(({label, steps}) => {
    const probabilities = steps.map(step => sigmoid(step[by]));
    return firstError(probabilities, threshold) === label;
  });
  const isErroneous = samples.map(({label}) => label !== -1);
  const [accuracyErroneous, accuracyCorrect, f1] = bootstrap(
    samples.length,
    weights => statistics(hits, isErroneous, weights),
    drawing,
  ).map(estimate => (Number.isNaN(estimate.value) ? null : estimate)) as [
    Estimate | null,
    Estimate | null,
    Estimate | null,
  ];
  const erroneous = isErroneous.filter(Boolean).length;
  return {
    by,
    threshold,
    erroneous,
    correct: samples.length - erroneous,
    accuracyErroneous,
    accuracyCorrect,
    f1,
    calibration: calibrationOf(samples),
  };
}

/** Accuracy on erroneous and on right samples, and F1; NaN where there are none of a kind. */
function statistics(
  hits: readonly boolean[],
  isErroneous: readonly boolean[],
  weights: Uint32Array,
): [number, number, number] {
  const all = [0, 0] as [number, number];
  const right = [0, 0] as [number, number];
  for (const [index, weight] of weights.entries()) {
    const kind = isErroneous[index] ? 0 : 1;
    all[kind] += weight;
    right[kind] += hits[index] ? weight : 0;
  }

  const accuracies = [right[0] / all[0], right[1] / all[1]] as [number, number];
  return [...accuracies, harmonicMean(...accuracies)];
}

function calibrationOf(samples: readonly ProcessBenchSample[]) {
  const forecasts = samples.flatMap(({steps, finalAnswerCorrect: correct}) =>
    correct === undefined ? [] : [{probability: sigmoid(steps.at(-1)!.q), correct}],
  );
  return forecasts.length === 0 ? null : calibrate(forecasts);
}
