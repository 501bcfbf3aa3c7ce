import {type BetaSchedule, betaWeights} from '../../reward/beta-schedule.js';
import type {ReportResponse} from '../types.js';

/** What the tokens of a response earn: β times their log-ratios, or what stands in `rewards`. */
interface TokenRewards {
  beta: number | null;
  rewards: Float64Array | null;
}

const schedules: BetaSchedule[] = ['constant', 'reciprocal', 'exponential'];

type Scored = Pick<ReportResponse, 'steps' | 'tokens'>;

/**
 * Finds the schedule that responses were scored with. A response tells if it has several steps; if none does, β is taken
 * to be constant.
 */
export function findSchedule(responses: readonly Scored[]): BetaSchedule {
  for (const {steps, tokens} of responses) {
    if (steps.filter(({logRatio}) => logRatio !== 0).length > 1) {
      const ratios = logRatios(tokens);
      const found = schedules.find(schedule => fittingBeta(steps, weightedBy(schedule, ratios)) !== null);
      return found ?? 'constant';
    }
  }

  return 'constant';
}

/**
 * Works out what each token earns so that the tokens of a step add up to its reward. Results do not tell β nor its
 * schedule, but only one of them fits. (`'length-normalised'` is a constant β for the response.)
 *
 * For a schedule of the caller's own no token's reward is known: the step's reward is then dealt out in proportion to
 * the log-ratios.
 *
 * @param likely - the schedule to try first, since several fit a response of one step
 */
export function tokenRewards({steps, tokens}: Scored, likely: BetaSchedule = 'constant'): TokenRewards {
  const ratios = logRatios(tokens);
  for (const schedule of new Set([likely, ...schedules])) {
    const weighted = weightedBy(schedule, ratios);
    const beta = fittingBeta(steps, weighted);
    if (beta !== null) {
      return schedule === 'constant'
        ? {beta, rewards: null}
        : {beta: null, rewards: weighted.map(value => beta * value)};
    }
  }

  return {beta: null, rewards: dealtOut(steps, ratios)};
}

function weightedBy(schedule: BetaSchedule, ratios: Float64Array): Float64Array {
  const weights = betaWeights(schedule, ratios.length);
  return ratios.map((ratio, index) => ratio * weights[index]!);
}

function logRatios({policyLogprobs, referenceLogprobs}: ReportResponse['tokens']): Float64Array {
  return Float64Array.from(policyLogprobs, (logprob, index) => logprob - (referenceLogprobs?.[index] ?? 0));
}

/** The β by least squares, if it gives the steps' rewards and can be one. */
function fittingBeta(steps: ReportResponse['steps'], weighted: Float64Array): number | null {
  const sums = steps.map(({tokenStart, tokenEnd}) =>
    weighted.subarray(tokenStart, tokenEnd).reduce((sum, value) => sum + value, 0),
  );
  const square = sums.reduce((total, sum) => total + sum * sum, 0);
  const product = sums.reduce((total, sum, index) => total + sum * steps[index]!.reward, 0);
  // Where both models agree on every token any β fits.
  const beta = square === 0 ? 1 : product / square;
  const largest = steps.reduce((most, {reward}) => Math.max(most, Math.abs(reward)), 0);
  const fits = steps.every(
    ({reward}, index) => Math.abs(reward - beta * sums[index]!) <= 1e-5 * largest + 1e-9,
  );
  return fits && beta > 0 ? beta : null;
}

function dealtOut(steps: ReportResponse['steps'], ratios: Float64Array): Float64Array {
  const rewards = new Float64Array(ratios.length);
  for (const {tokenStart, tokenEnd, reward, logRatio} of steps) {
    for (let index = tokenStart; index < tokenEnd; index++) {
      rewards[index] =
        logRatio === 0 ? reward / (tokenEnd - tokenStart) : (reward * ratios[index]!) / logRatio;
    }
  }

  return rewards;
}
