import type {
  EvaluationOptions,
  ModelLogprobs,
  ModelName,
  SequenceLogprobs,
  SingleModelEngine,
  TokenSequence,
} from '../engine/engine.js';
import {HttpError} from './http/http-error.js';
import {Rounds} from './rounds.js';

/** How much is remembered of how fast it went, in milliseconds of work. */
const memory = 60_000;
/** The longest that anybody is told to wait, in seconds. */
const longestWait = 60;

/**
 * How many calls the engine has at a time: enough to fill its batches. It evaluates together what waits there together;
 * whatever else waits does so here, where it can be put in order.
 */
const callsAtOnce = 16;

/** An engine that takes no more than so many tokens at a time, and calls that begin alike one after the other. */
export class LimitedEngine implements SingleModelEngine {
  readonly #inner: SingleModelEngine;
  readonly #most: number;
  readonly #rounds = new Rounds(callsAtOnce);
  #tokens = 0;
  #busySince = 0;
  #done = {tokens: 0, milliseconds: 0};

  /**
   * @param inner - the engine that evaluates
   * @param most - the most tokens that wait or are under way; a call that is alone may have more
   */
  constructor(inner: SingleModelEngine, most: number) {
    this.#inner = inner;
    this.#most = most;
  }

  /** Tokens that wait or are under way. */
  get tokens(): number {
    return this.#tokens;
  }

  async logprobs(
    sequences: readonly TokenSequence[],
    options?: EvaluationOptions,
  ): Promise<SequenceLogprobs> {
    return this.#within(sequences, options?.signal, async () => this.#inner.logprobs(sequences, options));
  }

  async modelLogprobs(
    model: ModelName,
    sequences: readonly TokenSequence[],
    options?: EvaluationOptions & {likeliest?: boolean | undefined},
  ): Promise<ModelLogprobs> {
    return this.#within(sequences, options?.signal, async () =>
      this.#inner.modelLogprobs(model, sequences, options),
    );
  }

  async #within<T>(
    sequences: readonly TokenSequence[],
    signal: AbortSignal | undefined,
    evaluate: () => Promise<T>,
  ): Promise<T> {
    const tokens = sequences.reduce((sum, sequence) => sum + sequence.tokens.length, 0);
    if (this.#tokens > 0 && this.#tokens + tokens > this.#most) {
      throw this.#full(tokens);
    }

    if (this.#tokens === 0) {
      this.#busySince = performance.now();
    }

    this.#tokens += tokens;
    try {
      return await this.#rounds.run(sequences[0]?.tokens ?? new Int32Array(), signal, evaluate);
    } finally {
      this.#tokens -= tokens;
      this.#learn(tokens);
    }
  }

  #full(tokens: number): HttpError {
    return new HttpError(
      429,
      `The request has ${tokens} tokens and ${this.#tokens} are waiting already, but the queue takes ${this.#most}.`,
      {code: 'QUEUE_FULL', retryAfter: this.#wait()},
    );
  }

  /** In how many seconds half of what waits is done, going by how fast it went lately. */
  #wait(): number {
    const {tokens, milliseconds} = this.#done;
    const seconds = tokens === 0 ? 1 : ((this.#tokens / 2) * milliseconds) / tokens / 1000;
    return Math.min(longestWait, Math.max(1, Math.ceil(seconds)));
  }

  #learn(tokens: number): void {
    const now = performance.now();
    this.#done.tokens += tokens;
    this.#done.milliseconds += now - this.#busySince;
    this.#busySince = now;
    if (this.#done.milliseconds > memory) {
      this.#done = {tokens: this.#done.tokens / 2, milliseconds: this.#done.milliseconds / 2};
    }
  }
}
