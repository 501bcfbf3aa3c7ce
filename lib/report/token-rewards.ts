import {type BetaSchedule, betaWeights} from '../reward/beta-schedule.js';
import type {ReportResponse} from './report-types.js';

/** What the tokens of a response earn: β times their log-ratios, or what stands in `rewards`. */
interface TokenRewards {
  beta: number | null;
  rewards: Float64Array | null;
}

const schedules: BetaSchedule[] = ['constant', 'reciprocal', 'exponential'];

/**
 * Works out what each token earns so that the tokens of a step add up to its reward. Results do not tell β nor its
 * schedule, but only one of them fits. (`'length-normalised'` is a constant β for the response.)
 *
 * For a schedule of the caller's own no token's reward is known: the step's reward is then dealt out in proportion to
 * the log-ratios.
 */
export function tokenRewards(response: Pick<ReportResponse, 'steps' | 'tokens'>): TokenRewards {
  const ratios = logRatios(response.tokens);
  for (const schedule of schedules) {
    const weights = betaWeights(schedule, ratios.length);
    const weighted = ratios.map((ratio, index) => ratio * weights[index]!);
    const beta = fittingBeta(response.steps, weighted);
    if (beta !== null) {
      return schedule === 'constant'
        ? {beta, rewards: null}
        : {beta: null, rewards: weighted.map(value => beta * value)};
    }
  }

  return {beta: null, rewards: dealtOut(response.steps, ratios)};
}

function logRatios({policyLogprobs, referenceLogprobs}: ReportResponse['tokens']): Float64Array {
  return Float64Array.from(policyLogprobs, (logprob, index) => logprob - (referenceLogprobs?.[index] ?? 0));
}

/** The β by least squares, if it gives the steps' rewards. */
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
  return fits ? beta : null;
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
