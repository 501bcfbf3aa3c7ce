import type {EvaluationOptions, TokenSequence} from '../engine.js';

/** Log-probabilities of sequences under one model, in their order. */
export interface MemberLogprobs {
  /** Of each sequence from its `from` on, in nats. */
  logprobs: Float32Array[];
  /** For each sequence how many tokens had to be evaluated for it. */
  evaluated: Uint32Array;
}

/** One model of a pair, wherever it is. */
export interface Member {
  /** As of an engine; progress counts the tokens of this model alone. */
  logprobs(sequences: readonly TokenSequence[], options: EvaluationOptions): Promise<MemberLogprobs>;
  /** Frees what it holds. */
  close(): Promise<void>;
}
