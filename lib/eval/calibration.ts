import {z} from 'zod';
import {check} from '../utils/check.js';

/** A probability that a model gave, and what came of it. */
export interface Forecast {
  /** How likely the response was said to be right, 0 … 1. */
  probability: number;
  /** Whether it is right. */
  correct: boolean;
}

/** The responses whose probability lies in one range. */
export interface CalibrationBin {
  /** The lower end of the range, which belongs to it. */
  from: number;
  /** The upper end, which belongs to the next range; 1 belongs to the last. */
  to: number;
  /** The number of responses. */
  count: number;
  /** The mean of their probabilities; `null` without a response. */
  meanProbability: number | null;
  /** The share of them that is right; `null` without a response. */
  accuracy: number | null;
}

/** How far probabilities can be taken at their word. */
export interface Calibration {
  /** Ranges of equal width from 0 to 1. */
  bins: CalibrationBin[];
  /**
   * The expected calibration error (Guo et al., arXiv 1706.04599): the distance between mean probability and accuracy in a
   * bin, averaged over all responses. 0 is perfect.
   */
  expectedError: number;
  /** The Brier score: the mean of (probability − outcome)². 0 is perfect, always saying 0.5 gives 0.25. */
  brierScore: number;
}

const forecastsSchema = z
  .array(z.object({probability: z.number().min(0).max(1), correct: z.boolean()}))
  .min(1);

/**
 * Compares probabilities, such as σ of the outcome reward, with what came of them.
 *
 * @param forecasts - at least one
 * @param binCount - the number of bins
 * @throws {@link InvalidInputError} for a probability out of 0 … 1, or a number of bins out of 1 … 1,000
 */
export function calibrate(forecasts: readonly Forecast[], binCount = 10): Calibration {
  check(forecastsSchema, forecasts, "calibrate's forecasts");
  check(z.int().min(1).max(1000), binCount, "calibrate's number of bins");
  const tally = new CalibrationTally(binCount);
  for (const forecast of forecasts) {
    tally.add(forecast);
  }

  return tally.result();
}

/** Compares probabilities with what came of them, one after the other: memory holds sums only. */
export class CalibrationTally {
  readonly #bins: {count: number; probability: number; correct: number}[];
  #count = 0;
  #squares = 0;

  /** @param binCount - the number of bins */
  constructor(binCount = 10) {
    this.#bins = Array.from({length: binCount}, () => ({count: 0, probability: 0, correct: 0}));
  }

  /** The number of forecasts. */
  get count(): number {
    return this.#count;
  }

  /** Takes a forecast. */
  add({probability, correct}: Forecast): void {
    const {length} = this.#bins;
    const bin = this.#bins[Math.min(length - 1, Math.floor(probability * length))]!;
    bin.count++;
    bin.probability += probability;
    bin.correct += Number(correct);
    this.#count++;
    this.#squares += (probability - Number(correct)) ** 2;
  }

  /** The table of the forecasts so far, at least one. */
  result(): Calibration {
    const {length} = this.#bins;
    const bins = this.#bins.map(
      ({count, probability, correct}, index): CalibrationBin => ({
        from: index / length,
        to: (index + 1) / length,
        count,
        meanProbability: count === 0 ? null : probability / count,
        accuracy: count === 0 ? null : correct / count,
      }),
    );
    const gaps = bins.map(({count, meanProbability, accuracy}) =>
      count === 0 ? 0 : count * Math.abs(accuracy! - meanProbability!),
    );
    return {
      bins,
      expectedError: gaps.reduce((sum, gap) => sum + gap, 0) / this.#count,
      brierScore: this.#squares / this.#count,
    };
  }
}
