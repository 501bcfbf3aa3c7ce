import {type Aggregate, aggregate} from '../reward/aggregate.js';
import type {BetaSchedule} from '../reward/beta-schedule.js';
import {stepRewards} from '../reward/step-rewards.js';
import {stepBoundaries} from '../steps/step-boundaries.js';
import type {StepSpan} from '../steps/step-span.js';
import type {TokenisedResponse} from '../text/tokenised-response.js';
import {checkLogprobs, checkRewards} from './check-numbers.js';
import type {ScoredResponse} from './score-types.js';

/** A response cut into its steps. */
export interface SplitResponse {
  response: string;
  spans: StepSpan[];
}

/** Log-probabilities of the tokens of one response, in nats. */
export interface ResponseLogprobs {
  policyLogprobs: Float32Array;
  referenceLogprobs: Float32Array | null;
}

/** How log-probabilities become rewards and a score. */
export interface RewardOptions {
  beta: number;
  betaSchedule?: BetaSchedule | undefined;
  aggregate: Aggregate;
  scoreBy: 'reward' | 'q';
}

/** Adds up what the models said of a response: its tokens to steps, its steps to a score. */
export function scoreResponse(
  {response, spans}: SplitResponse,
  {tokens, promptLength, starts, rendering, unscored}: TokenisedResponse,
  logprobs: ResponseLogprobs,
  options: RewardOptions,
): Omit<ScoredResponse, 'usage'> {
  const ids = tokens.slice(promptLength);
  const places = {ids, starts};
  checkLogprobs('policy', logprobs.policyLogprobs, places);
  if (logprobs.referenceLogprobs) {
    checkLogprobs('reference', logprobs.referenceLogprobs, places);
  }

  const stepEnds = stepBoundaries(
    starts,
    spans.map(({start}) => start),
  );
  const rewards = stepRewards({
    policyLogprobs: logprobs.policyLogprobs,
    referenceLogprobs: logprobs.referenceLogprobs ?? undefined,
    stepEnds,
    beta: options.beta,
    betaSchedule: options.betaSchedule,
  });
  checkRewards(rewards, places);
  const values = rewards.map(step => step[options.scoreBy]);
  return {
    response,
    steps: spans.map((span, index) => ({...span, ...rewards[index]!})),
    reward: rewards.at(-1)!.q,
    score: aggregate(values, options.aggregate),
    tokens: {ids, starts, ...logprobs},
    rendering,
    unscored,
  };
}
