import {aggregate, type StepReward, stepRewards} from '../../lib/index.js';
import type {ScoredData, ScoredText} from './score-variant.js';

/** What a pair says of the test data. */
export interface RewardedData {
  traces: StepReward[][];
  problems: StepReward[][][];
  /** ρ of each token, in nats: of the traces, then of the problems. */
  tokenLogRatios: number[];
  /** The reward of each step, in the same order. */
  rewards: number[];
  /** The score of each response to a problem, the lowest reward of its steps. */
  scores: number[];
}

/**
 * Makes the rewards of a pair out of the log-probabilities of a policy and a reference that were not necessarily scored
 * together: what one model says of a text does not depend on the other.
 */
export function rewardedData(policy: ScoredData, reference: ScoredData, beta: number): RewardedData {
  const textsOf = ({traces, problems}: ScoredData) => [...traces, ...problems.flat()];
  const references = textsOf(reference);
  const texts = textsOf(policy).map((text, index) => ({...text, reference: references[index]!.reference}));
  const rewarded = texts.map(text => rewardsOf(text, beta));
  const traces = rewarded.slice(0, policy.traces.length);
  const responses = rewarded.slice(traces.length);
  return {
    traces,
    problems: policy.problems.map(({length}) => responses.splice(0, length)),
    tokenLogRatios: texts.flatMap(text =>
      Array.from(text.policy, (value, index) => value - text.reference[index]!),
    ),
    rewards: rewarded.flatMap(steps => steps.map(({reward}) => reward)),
    scores: rewarded.slice(traces.length).map(steps =>
      aggregate(
        steps.map(({reward}) => reward),
        'min',
      ),
    ),
  };
}

function rewardsOf({policy, reference, stepEnds}: ScoredText, beta: number): StepReward[] {
  return stepRewards({policyLogprobs: policy, referenceLogprobs: reference, stepEnds, beta});
}
