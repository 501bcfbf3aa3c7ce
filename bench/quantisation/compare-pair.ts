import {bestThreshold, type Estimate, evaluateBestOfN, evaluateProcessBench} from '../../lib/index.js';
import {type ErrorSummary, errorSummary} from './error-summary.js';
import {rankCorrelation} from './rank-correlation.js';
import type {RewardedData} from './rewarded-data.js';
import type {TestData} from './test-data.js';

/** What a pair with other weights does to the results of the exact pair. */
export interface Comparison {
  /** Of ρ_t, in nats. */
  tokenError: ErrorSummary;
  /** Of r_k, in units of reward. */
  stepError: ErrorSummary;
  /** Of the steps' rewards with the exact ones. */
  stepRankCorrelation: number;
  /** Of the scores of responses with the exact ones. */
  scoreRankCorrelation: number;
  /** ProcessBench's F1 on the second half of the traces, the threshold chosen on the first half with this pair. */
  f1: Estimate;
  /** The same with the threshold of the exact pair. */
  f1AtExactThreshold: Estimate;
  /** How often the response with the highest of 16 scores is right. */
  bestOf16: Estimate;
  /** On how many problems another response is chosen than by the exact pair. */
  otherChoices: number;
}

/** Compares the rewards of a pair with those of the exact pair. */
export function comparePair(rewarded: RewardedData, exact: RewardedData, data: TestData): Comparison {
  const samples = labelled(rewarded, data);
  const [tuning, testing] = halves(samples);
  const f1At = (threshold: number) => evaluateProcessBench(testing, {threshold}).f1!;
  const choices = bestPlaces(rewarded);
  const exactChoices = bestPlaces(exact);
  return {
    tokenError: errorSummary(rewarded.tokenLogRatios, exact.tokenLogRatios),
    stepError: errorSummary(rewarded.rewards, exact.rewards),
    stepRankCorrelation: rankCorrelation(rewarded.rewards, exact.rewards),
    scoreRankCorrelation: rankCorrelation(rewarded.scores, exact.scores),
    f1: f1At(bestThreshold(tuning).threshold),
    f1AtExactThreshold: f1At(bestThreshold(halves(labelled(exact, data))[0]).threshold),
    bestOf16: bestOf16(rewarded, data),
    otherChoices: choices.filter((place, problem) => place !== exactChoices[problem]).length,
  };
}

function labelled({traces}: RewardedData, data: TestData) {
  return traces.map((steps, index) => ({label: data.traces[index]!.label, steps}));
}

function halves<T>(all: readonly T[]): [T[], T[]] {
  return [all.slice(0, all.length / 2), all.slice(all.length / 2)];
}

function bestOf16({problems}: RewardedData, data: TestData): Estimate {
  const scored = problems.map((responses, problem) => ({
    candidates: responses.map((steps, index) => ({...data.problems[problem]!.responses[index]!, steps})),
  }));
  return evaluateBestOfN(scored, {counts: [16]}).accuracy.min![0]!;
}

/** For each problem the place of the first response with the highest score. */
function bestPlaces({problems, scores}: RewardedData): number[] {
  let start = 0;
  return problems.map(({length}) => {
    const own = scores.slice(start, start + length);
    start += length;
    return own.indexOf(Math.max(...own));
  });
}
