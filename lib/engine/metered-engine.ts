import type {
  EvaluationOptions,
  ModelLogprobs,
  ModelName,
  SequenceLogprobs,
  SingleModelEngine,
  TokenSequence,
} from './engine.js';
import {modelTokenUsage, type TokenUsage, tokenUsage} from './token-usage.js';

/** An engine that adds up what it took. */
export class MeteredEngine implements SingleModelEngine {
  readonly #usage: TokenUsage = {evaluated: 0, reused: 0};

  constructor(
    /** The engine that does the work. */
    readonly inner: SingleModelEngine,
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
      this.#add(tokenUsage(result, index, sequence));
    }

    return result;
  }

  async modelLogprobs(
    model: ModelName,
    sequences: readonly TokenSequence[],
    options?: EvaluationOptions & {likeliest?: boolean | undefined},
  ): Promise<ModelLogprobs> {
    const result = await this.inner.modelLogprobs(model, sequences, options);
    for (const [index, sequence] of sequences.entries()) {
      this.#add(modelTokenUsage(result, index, sequence));
    }

    return result;
  }

  #add({evaluated, reused}: TokenUsage): void {
    this.#usage.evaluated += evaluated;
    this.#usage.reused += reused;
  }
}
