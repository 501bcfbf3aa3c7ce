import type {Estimate} from '../../eval/bootstrap.js';
import {bootstrap} from '../../eval/bootstrap.js';
import {type Judge, judges} from './measured-response.js';

/** One figure of quality for the pair, beside the same figure for what needs no training. */
export interface Comparison {
  /** The pair's. */
  reward: Estimate;
  /** That of the untrained base's log-probability. */
  control: Estimate;
  /** That of the trained policy's log-probability, its reference left out. */
  withoutReference: Estimate;
  /** What is measured. */
  measure: Measure;
  /** What a blind judge gets, 0 … 1; `null` where that is not known. */
  chance: number | null;
  /** By how much the reward is better than the control, on the same draws. */
  gain: Estimate;
  /** Whether the whole interval of the gain lies above 0. */
  beatsControl: boolean;
}

/**
 * What is measured, all 0 … 1:
 *
 * - `outcomeAucMin`, `outcomeAucSum`: how often a right response has a higher score than a wrong one;
 * - `bestOfNMin`, `bestOfNSum`: how often the response with the highest score is right;
 * - `weightedVote`: how often the answer with the highest Σ σ(min) is right;
 * - `stepAuc`: how often a right step has a higher value than a first wrong one;
 * - `firstErrorLowest`: how often the first wrong step has the lowest value of its solution;
 * - `processBenchF1`: ProcessBench's measure, the threshold chosen on the other half of the solutions.
 */
export type Measure =
  | 'outcomeAucMin'
  | 'outcomeAucSum'
  | 'bestOfNMin'
  | 'bestOfNSum'
  | 'weightedVote'
  | 'stepAuc'
  | 'firstErrorLowest'
  | 'processBenchF1';

/** A measure of each judge, as a function of how often each item was drawn. */
export interface Statistic {
  measure: Measure;
  chance: number | null;
  of: Record<Judge, (weights: Uint32Array) => number>;
}

/** Estimates statistics and their differences, all from the same draws of `count` items. */
export function compare(
  count: number,
  statistics: readonly Statistic[],
  drawing: {resamples: number; seed: number},
): Comparison[] {
  const estimates = bootstrap(
    count,
    weights =>
      statistics.flatMap(({of}) => {
        const values = judges.map(judge => of[judge](weights));
        return [...values, values[0]! - values[1]!];
      }),
    drawing,
  );
  return statistics.map(({measure, chance}, index) => {
    const [reward, control, withoutReference, gain] = estimates.slice(4 * index, 4 * index + 4) as [
      Estimate,
      Estimate,
      Estimate,
      Estimate,
    ];
    return {measure, chance, reward, control, withoutReference, gain, beatsControl: gain.low > 0};
  });
}
