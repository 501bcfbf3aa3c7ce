import {correlation} from './correlation.js';
import {type ErrorSummary, errorSummary} from './error-summary.js';
import type {ScoredData} from './score-variant.js';
import type {WeightType} from './weight-types.js';

/** What a type does to the log-probabilities of each model, in nats. */
export interface ModelErrors {
  type: WeightType;
  policy: ErrorSummary;
  reference: ErrorSummary;
  /** How far the errors of the two models agree, −1 … 1; what agrees is not in the log-ratio. */
  correlation: number;
  /** Of ρ_t, the log-ratio of both. */
  ratio: ErrorSummary;
  /** Of ρ_t, the reference being F32. */
  mixedRatio: ErrorSummary;
}

/** The errors of each model by itself, for every type but F32. */
export function modelErrors(scored: ReadonlyMap<WeightType, ScoredData>): ModelErrors[] {
  const policy = (type: WeightType) => logprobs(scored.get(type)!, 'policy');
  const reference = (type: WeightType) => logprobs(scored.get(type)!, 'reference');
  const ratio = differences(policy('F32'), reference('F32'));
  return [...scored.keys()]
    .filter(type => type !== 'F32')
    .map(type => ({
      type,
      policy: errorSummary(policy(type), policy('F32')),
      reference: errorSummary(reference(type), reference('F32')),
      correlation: correlation(
        differences(policy(type), policy('F32')),
        differences(reference(type), reference('F32')),
      ),
      ratio: errorSummary(differences(policy(type), reference(type)), ratio),
      mixedRatio: errorSummary(differences(policy(type), reference('F32')), ratio),
    }));
}

function logprobs({traces, problems}: ScoredData, model: 'policy' | 'reference'): number[] {
  return [...traces, ...problems.flat()].flatMap(text => Array.from(text[model]));
}

function differences(left: readonly number[], right: readonly number[]): number[] {
  return left.map((value, index) => value - right[index]!);
}
