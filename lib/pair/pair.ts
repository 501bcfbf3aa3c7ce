import type {Engine} from '../engine/engine.js';
import {Session, type SessionOptions} from '../session/session.js';
import type {ConversationTokeniser} from '../text/conversation-tokeniser.js';
import type {Prompt} from '../text/prompt.js';
import type {ModelInfo} from './model-info.js';

/** What an open pair tells of itself. */
export interface PairInfo {
  /** The trained model. */
  policy: ModelInfo;
  /** `null` for a pair without a reference. */
  reference: ModelInfo | null;
  /** The file of the LoRA adapter applied to the policy, `null` if there is none. */
  lora: string | null;
  /** Whether both models use one set of weights: a base and its adapter. */
  sharesWeights: boolean;
  /** β, the reward of one nat: from the options, else from the metadata, else 0.05. */
  beta: number;
  /** The most tokens that a prompt and a response may have together. */
  contextSize: number;
  /** Tokens evaluated at once. */
  batchSize: number;
  /** The GPUs in use; empty for the CPU alone. */
  devices: string[];
  /** The llama.cpp release that evaluates. */
  llamaVersion: string;
}

/**
 * A policy and its reference, loaded. Made by {@link openPair}; to be closed, by {@link Pair.close} or `await using`.
 * An open pair that is idle does not keep the process alive.
 */
export class Pair implements AsyncDisposable {
  readonly #close: () => Promise<void>;

  /** @internal */
  constructor(
    /** What the pair is made of and how it was opened. */
    readonly info: PairInfo,
    /** The log-probabilities of any tokens under both models. */
    readonly engine: Engine,
    /** Turns prompts and responses into tokens the way the policy was trained to see them. */
    readonly tokeniser: ConversationTokeniser,
    close: () => Promise<void>,
  ) {
    this.#close = close;
  }

  /**
   * A response that grows step by step: for streams and searches.
   *
   * @param prompt - what the response answers
   * @throws {@link InvalidInputError}
   */
  session(prompt: Prompt, options?: SessionOptions): Session {
    return new Session(this, prompt, options);
  }

  /**
   * Frees both models. What the pair was working on is rejected with a {@link PairClosedError}. Resolves once the memory
   * is free; may be called again.
   */
  async close(): Promise<void> {
    await this.#close();
  }

  /** The same as {@link Pair.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
