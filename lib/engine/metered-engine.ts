import type {Engine, EvaluationOptions, SequenceLogprobs, TokenSequence} from './engine.js';
import {type TokenUsage, tokenUsage} from './token-usage.js';

/** An engine that adds up what it took. */
export class MeteredEngine implements Engine {
  readonly #usage: TokenUsage = {evaluated: 0, reused: 0};

  constructor(
    /** The engine that does the work. */
    readonly inner: Engine,
  ) {}

  /** Tokens evaluated and reused so far. */
  get usage(): TokenUsage {
    return {...this.#usage};
  }

  async logprobs(
    sequences: readonly TokenSequence[],
    options?: EvaluationOptions,
  ): Promise<SequenceLogprobs> {
    const result = await this.inner.logprobs(sequences, options);
    for (const [index, sequence] of sequences.entries()) {
      const {evaluated, reused} = tokenUsage(result, index, sequence);
      this.#usage.evaluated += evaluated;
      this.#usage.reused += reused;
    }

    return result;
  }
}
