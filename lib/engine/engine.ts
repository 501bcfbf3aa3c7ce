import type {EngineInfo} from './engine-info.js';

/** Tokens whose log-probabilities from one position on are wanted. */
export interface TokenSequence {
  /** The whole sequence: the prompt and what follows it. */
  tokens: Int32Array;
  /**
   * Index of the first token to score, at least 1: nothing predicts the first token of a sequence. It may be the
   * sequence's length where likeliest tokens are asked for: only the one behind the end is wanted then.
   */
  from: number;
}

/** Log-probabilities of sequences under both models, in nats, in the order of the sequences. */
export interface SequenceLogprobs {
  /** For each sequence log π_θ(token i | tokens 0 … i−1), i = `from` … length − 1. */
  policy: Float32Array[];
  /** The same under π_ref; `null` without a reference. */
  reference: Float32Array[] | null;
  /**
   * For each sequence how many tokens had to be evaluated for it, both models counted. The others of its length − 1
   * tokens were shared with an earlier sequence of the call, or known from an earlier call; its last token is only
   * predicted.
   */
  evaluated: Uint32Array;
}

/** What evaluating can be told and tells. */
export interface EvaluationOptions {
  /** Stops the evaluation within one batch; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called as tokens are dealt with, all models counted that are evaluated. */
  onProgress?: ((progress: {tokens: number; total: number}) => void) | undefined;
}

/** One of the two models of a pair. */
export type ModelName = 'policy' | 'reference';

/** A model's most probable token at each position of a sequence, from its `from` on, and behind its end. */
export interface LikeliestTokens {
  /**
   * The most probable token at position i given tokens 0 … i−1, i = `from` … length: the last entry is the greedy next
   * token behind the end. Of several that are equally probable it is the one of the lowest number.
   */
  tokens: Int32Array;
  /**
   * Their log-probabilities, in nats. Where a token of the sequence is the most probable itself, it is the very number
   * that {@link ModelLogprobs.logprobs} has.
   */
  logprobs: Float32Array;
}

/** What one model says of sequences, in their order. */
export interface ModelLogprobs {
  /** For each sequence log π(token i | tokens 0 … i−1), i = `from` … length − 1, in nats. */
  logprobs: Float32Array[];
  /** For each sequence its length − `from` + 1 most probable tokens; `null` unless they were asked for. */
  likeliest: LikeliestTokens[] | null;
  /**
   * For each sequence how many tokens had to be evaluated for it: as in {@link SequenceLogprobs}, but where likeliest
   * tokens are asked for its last token is evaluated too.
   */
  evaluated: Uint32Array;
}

/** Something that gives the log-probabilities of tokens under a policy and its reference. */
export interface Engine {
  /**
   * Log-probabilities of each sequence from its `from` on. What sequences have in common is evaluated once.
   *
   * @throws {@link ContextOverflowError}, {@link EvaluationError}, {@link PairClosedError}
   */
  logprobs(sequences: readonly TokenSequence[], options?: EvaluationOptions): Promise<SequenceLogprobs>;
}

/** An engine that evaluates one of its models by itself, too. */
export interface SingleModelEngine extends Engine {
  /**
   * Log-probabilities of each sequence from its `from` on under one model; the other has nothing to do.
   *
   * @param options - `likeliest`: whether to tell the most probable token at each position too, and the one behind the
   * end of each sequence
   * @throws {@link InvalidInputError} also for the reference of a pair that has none; {@link ContextOverflowError},
   * {@link PairClosedError}; {@link EvaluationError} also where a number is none, since nothing is the greatest then
   */
  modelLogprobs(
    model: ModelName,
    sequences: readonly TokenSequence[],
    options?: EvaluationOptions & {likeliest?: boolean | undefined},
  ): Promise<ModelLogprobs>;
}

/** An engine whose models are loaded. */
export interface ModelEngine extends SingleModelEngine {
  readonly info: EngineInfo;

  /** Rejects what is pending and frees the models. Resolves once they are freed; may be called again. */
  close(): Promise<void>;
}
