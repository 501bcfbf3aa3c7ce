import type {EvaluationOptions, ModelLogprobs, TokenSequence} from '../engine.js';

/** How a member is asked: as an engine is for one model. */
export type MemberOptions = EvaluationOptions & {likeliest?: boolean | undefined};

/** One model of a pair, wherever it is. */
export interface Member {
  /** As `modelLogprobs` of an engine; progress counts the tokens of this model alone. */
  logprobs(sequences: readonly TokenSequence[], options: MemberOptions): Promise<ModelLogprobs>;
  /** Frees what it holds. */
  close(): Promise<void>;
}
