import type {ModelEngine, SingleModelEngine} from '../engine/engine.js';
import type {MemoryInfo, ModelInfo} from '../engine/engine-info.js';
import {MeteredEngine} from '../engine/metered-engine.js';
import type {TokenUsage} from '../engine/token-usage.js';
import {Session, type SessionOptions} from '../session/session.js';
import type {ConversationTokeniser} from '../text/conversation-tokeniser.js';
import type {Prompt} from '../text/prompt.js';
import type {RenderingInfo} from '../text/rendering.js';
import type {PairWarning, Warnings} from './warnings.js';

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
  /** Tokens of earlier calls kept beside the latest sequence. */
  cacheSize: number;
  /** The GPUs in use; empty for the CPU alone. */
  devices: string[];
  /** Where the policy's logits become log-probabilities: in llama.cpp's graph or on the host. */
  logSoftmax: 'graph' | 'host';
  /** What both models take, in bytes. */
  memory: MemoryInfo;
  /** What the chat template does with responses; `null` if there is none, or it does nothing with them. */
  rendering: RenderingInfo | null;
  /** What may surprise, each kind once, as far as it has come up. */
  warnings: readonly PairWarning[];
  /** Tokens evaluated and reused since the pair was opened, both models counted. */
  usage: TokenUsage;
  /** The llama.cpp release that evaluates. */
  llamaVersion: string;
}

/**
 * A policy and its reference, loaded. Made by {@link openPair}; to be closed, by {@link Pair.close} or `await using`.
 * An open pair that is idle does not keep the process alive.
 */
export class Pair implements AsyncDisposable {
  /** The log-probabilities of any tokens, under both models or one of them. */
  readonly engine: SingleModelEngine;
  readonly #info: Omit<PairInfo, 'usage' | 'rendering' | 'warnings'>;
  readonly #warnings: Warnings;
  readonly #metered: MeteredEngine;
  readonly #close: () => Promise<void>;

  /** @internal */
  constructor(
    engine: ModelEngine,
    /** Turns prompts and responses into tokens the way the policy was trained to see them. */
    readonly tokeniser: ConversationTokeniser,
    {beta, warnings}: {beta: number; warnings: Warnings},
  ) {
    this.#info = {...engine.info, beta};
    this.#warnings = warnings;
    this.#metered = new MeteredEngine(engine);
    this.engine = this.#metered;
    this.#close = async () => engine.close();
  }

  /** What the pair is made of, how it was opened, and what it has done so far. */
  get info(): PairInfo {
    return {
      ...this.#info,
      rendering: this.tokeniser.info,
      warnings: this.#warnings.all,
      usage: this.#metered.usage,
    };
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
    this.tokeniser.close();
    await this.#close();
  }

  /** The same as {@link Pair.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
