import {type Comparison, comparePair} from './compare-pair.js';
import {rewardedData} from './rewarded-data.js';
import type {ScoredData} from './score-variant.js';
import type {TestData} from './test-data.js';
import {type WeightType, weightTypes} from './weight-types.js';

/** A pair by the types of its weights, compared with F32. */
export interface PairResult extends Comparison {
  policy: WeightType;
  reference: WeightType;
}

/** Compares every type of policy with every type of reference, and tells the mean size of an exact step reward. */
export function pairResults(
  scored: ReadonlyMap<WeightType, ScoredData>,
  data: TestData,
  beta: number,
): {results: PairResult[]; meanReward: number} {
  const rewarded = (policy: WeightType, reference: WeightType) =>
    rewardedData(scored.get(policy)!, scored.get(reference)!, beta);
  const exact = rewarded('F32', 'F32');
  const results = weightTypes.flatMap(policy =>
    weightTypes.map(reference => ({
      policy,
      reference,
      ...comparePair(rewarded(policy, reference), exact, data),
    })),
  );
  const sum = exact.rewards.reduce((total, reward) => total + Math.abs(reward), 0);
  return {results, meanReward: sum / exact.rewards.length};
}
