import type {Calibration, CalibrationBin, Forecast} from './calibration.js';

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
