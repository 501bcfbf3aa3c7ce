import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {sigmoid} from '../../reward/sigmoid.js';
import {bootstrap, type Estimate} from '../bootstrap.js';
import {CalibrationTally} from '../calibration.js';
import type {BestThreshold, ProcessBenchEvaluation, ProcessBenchSample} from './types.js';

/** The thresholds at which a sample is predicted right: all above the one number, up to and with the other. */
interface RightRange {
  isErroneous: boolean;
  above: number;
  upTo: number;
}

/** Measures how well first errors are found, sample after sample: memory holds two numbers of each. */
export class ProcessBenchTally {
  readonly #by: 'q' | 'reward';
  readonly #ranges: RightRange[] = [];
  readonly #calibration = new CalibrationTally();

  /** @param by - what σ is taken of */
  constructor(by: 'q' | 'reward') {
    this.#by = by;
  }

  /** Takes a sample. */
  add({label, steps, finalAnswerCorrect}: ProcessBenchSample): void {
    const probabilities = steps.map(step => sigmoid(step[this.#by]));
    // The wrong step has to lie under the threshold, none before it; of a right sample no step at all.
    const before = label === -1 ? probabilities : probabilities.slice(0, label);
    this.#ranges.push({
      isErroneous: label !== -1,
      above: label === -1 ? -Infinity : probabilities[label]!,
      upTo: before.reduce((least, value) => Math.min(least, value), Infinity),
    });
    if (finalAnswerCorrect !== undefined) {
      this.#calibration.add({probability: sigmoid(steps.at(-1)!.q), correct: finalAnswerCorrect});
    }
  }

  /** The number of samples. */
  get count(): number {
    return this.#ranges.length;
  }

  /**
   * Finds the threshold with the highest F1, in time linear in the number of samples.
   *
   * @throws {@link InvalidInputError} if there are no samples of the one kind or the other
   */
  bestThreshold(): BestThreshold {
    const {thresholds, finer} = makeThresholds();
    const sharesOf = (kind: boolean) =>
      sharesByThreshold(
        this.#ranges.filter(({isErroneous}) => isErroneous === kind),
        thresholds,
      );
    const [erroneous, correct] = [sharesOf(true), sharesOf(false)];
    const scores = erroneous.map((share, index) => harmonicMean(share, correct[index]!));
    const isBetter = (index: number, than: number) =>
      scores[index]! > scores[than]! ||
      (scores[index] === scores[than] && finer.has(than) && !finer.has(index));
    const best = scores.reduce((place, _score, index) => (isBetter(index, place) ? index : place), 0);
    return {threshold: thresholds[best]!, f1: scores[best]!};
  }

  /** Evaluates the samples so far, at least one. */
  evaluate(threshold: number, drawing: {resamples: number; seed: number}): ProcessBenchEvaluation {
    const hits = this.#ranges.map(({above, upTo}) => above < threshold && threshold <= upTo);
    const isErroneous = this.#ranges.map(range => range.isErroneous);
    const [accuracyErroneous, accuracyCorrect, f1] = bootstrap(
      hits.length,
      weights => statistics(hits, isErroneous, weights),
      drawing,
    ).map(estimate => (Number.isNaN(estimate.value) ? null : estimate)) as [
      Estimate | null,
      Estimate | null,
      Estimate | null,
    ];
    const erroneous = isErroneous.filter(Boolean).length;
    return {
      by: this.#by,
      threshold,
      erroneous,
      correct: hits.length - erroneous,
      accuracyErroneous,
      accuracyCorrect,
      f1,
      calibration: this.#calibration.count === 0 ? null : this.#calibration.result(),
    };
  }
}

/** For each threshold the share of samples that are predicted right. */
function sharesByThreshold(ranges: readonly RightRange[], thresholds: Float64Array): number[] {
  if (ranges.length === 0) {
    throw new InvalidInputError('A threshold needs samples with a wrong step and samples without one.');
  }

  // Each sample is right for one range of thresholds: +1 where it begins, −1 where it is over.
  const changes = new Int32Array(thresholds.length + 1);
  for (const {above, upTo} of ranges) {
    const [first, end] = [firstAbove(thresholds, above), firstAbove(thresholds, upTo)];
    if (first < end) {
      changes[first]!++;
      changes[end]!--;
    }
  }

  let hits = 0;
  return Array.from(thresholds, (_, index) => {
    hits += changes[index]!;
    return hits / ranges.length;
  });
}

/** The thresholds to choose from, ascending: the multiples of 0.0001, and finer ones nearer to 0 and 1 than that. */
function makeThresholds(): {thresholds: Float64Array; finer: ReadonlySet<number>} {
  const steps = 10_000;
  const coarse = Array.from({length: steps + 1}, (_, index) => index / steps);
  // σ of Q values a tenth of a nat apart: under −744 it is 0, above 36.7 it is 1.
  const fine = Array.from({length: 7820}, (_, index) => sigmoid((index - 7440) / 10)).filter(
    value => (value > 0 && value < coarse[1]!) || (value > coarse[steps - 1]! && value < 1),
  );
  const thresholds = Float64Array.from([...coarse, ...fine]).sort();
  const isFine = new Set(fine);
  return {thresholds, finer: new Set([...thresholds.keys()].filter(index => isFine.has(thresholds[index]!)))};
}

/** The index of the first threshold above a number, one past the last threshold if there is none. */
function firstAbove(thresholds: Float64Array, number: number): number {
  let [low, high] = [0, thresholds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle]! > number) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }

  return low;
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

/** The harmonic mean of two shares, 0 if either is 0: the F1 of ProcessBench. */
export function harmonicMean(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b);
}
