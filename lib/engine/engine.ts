import type {EngineInfo} from './engine-info.js';

/** Tokens whose log-probabilities from one position on are wanted. */
export interface TokenSequence {
  /** The whole sequence: the prompt and what follows it. */
  tokens: Int32Array;
  /** Index of the first token to score, at least 1: nothing predicts the first token of a sequence. */
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
  /** Called as tokens are dealt with, both models counted. */
  onProgress?: ((progress: {tokens: number; total: number}) => void) | undefined;
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

/** An engine whose models are loaded. */
export interface ModelEngine extends Engine {
  readonly info: EngineInfo;

  /** Rejects what is pending and frees the models. Resolves once they are freed; may be called again. */
  close(): Promise<void>;
}
