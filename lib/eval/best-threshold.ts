import {z} from 'zod';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {sigmoid} from '../reward/sigmoid.js';
import {check} from '../utils/check.js';
import {harmonicMean} from './harmonic-mean.js';
import {bySchema, checkSamples} from './process-bench-schema.js';
import type {BestThreshold, ProcessBenchSample, ThresholdOptions} from './process-bench-types.js';

/** Thresholds are the multiples of 1 / this, from 0 to 1. */
const steps = 10_000;

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
  const erroneous = hitsByThreshold(
    samples.filter(({label}) => label !== -1),
    by,
  );
  const correct = hitsByThreshold(
    samples.filter(({label}) => label === -1),
    by,
  );
  const scores = erroneous.map((share, index) => harmonicMean(share, correct[index]!));
  const best = scores.reduce((place, score, index) => (score > scores[place]! ? index : place), 0);
  return {threshold: best / steps, f1: scores[best]!};
}

/** For each threshold the share of samples that are predicted right. */
function hitsByThreshold(samples: readonly ProcessBenchSample[], by: 'q' | 'reward'): number[] {
  if (samples.length === 0) {
    throw new InvalidInputError('A threshold needs samples with a wrong step and samples without one.');
  }

  // Each sample is right for one range of thresholds: +1 where it begins, −1 where it is over.
  const changes = new Int32Array(steps + 2);
  for (const sample of samples) {
    const probabilities = sample.steps.map(step => sigmoid(step[by]));
    // The wrong step has to lie under the threshold, none before it; of a right sample no step at all.
    const before = sample.label === -1 ? probabilities : probabilities.slice(0, sample.label);
    const first = sample.label === -1 ? 0 : firstAbove(probabilities[sample.label]!);
    const end = firstAbove(before.reduce((least, value) => Math.min(least, value), Infinity));
    if (first < end) {
      changes[first]!++;
      changes[end]!--;
    }
  }

  let hits = 0;
  return Array.from({length: steps + 1}, (_, index) => {
    hits += changes[index]!;
    return hits / samples.length;
  });
}

/** The index of the first threshold above a probability, one past the last threshold if there is none. */
function firstAbove(probability: number): number {
  let index = Math.min(steps + 1, Math.floor(probability * steps));
  // The product may be rounded to either side.
  while (index > 0 && (index - 1) / steps > probability) {
    index--;
  }

  while (index <= steps && index / steps <= probability) {
    index++;
  }

  return index;
}
