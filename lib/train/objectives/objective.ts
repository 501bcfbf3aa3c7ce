/** The responses of a batch, as an objective sees them: the arrays have an entry for each response. */
export interface RewardBatch {
  /** R(y) = β log(π_θ(y | x) / π_ref(y | x)); for `sft` log π_θ(y | x). */
  rewards: Float64Array;
  /** Whether the response is right. */
  correct: readonly boolean[];
  /** The number of its tokens. */
  lengths: readonly number[];
  /** What the loss is a sum over: each with its weight. The weights of a whole batch add up to 1. */
  terms: readonly Term[];
  /** KTO's reference point z₀: what reward a response has by chance, at least 0. */
  referencePoint: number;
}

/** A response, or a right and a wrong one. */
export interface Term {
  /** Indices of responses: one, or the right one and the wrong one. */
  members: readonly [response: number] | readonly [right: number, wrong: number];
  weight: number;
}

/** What an objective makes of a batch. */
export interface ObjectiveValue {
  /** The loss: the weighted sum over the batch's terms. */
  loss: number;
  /** ∂ loss / ∂ R for each response. */
  gradient: Float64Array;
}

/** The name of an objective. */
export type ObjectiveName = 'ce' | 'dpo' | 'nca' | 'kto' | 'sft';

/** A loss on the rewards of responses. */
export interface Objective {
  name: ObjectiveName;
  /** Whether its terms are pairs of a right and a wrong response to one prompt. */
  paired: boolean;
  /** Whether it needs π_ref. */
  usesReference: boolean;
  /** Whether it needs a reference point. */
  usesReferencePoint: boolean;
  evaluate(batch: RewardBatch): ObjectiveValue;
}

/** What one term has for a loss, and its derivatives by the rewards of the term's members. */
interface TermValue {
  loss: number;
  slopes: readonly number[];
}

/** Sums the terms of a batch. */
export function sumTerms(
  {rewards, terms}: RewardBatch,
  evaluate: (members: readonly number[]) => TermValue,
): ObjectiveValue {
  const gradient = new Float64Array(rewards.length);
  let loss = 0;
  for (const {members, weight} of terms) {
    const value = evaluate(members);
    loss += weight * value.loss;
    for (const [place, member] of members.entries()) {
      gradient[member]! += weight * value.slopes[place]!;
    }
  }

  return {loss, gradient};
}
