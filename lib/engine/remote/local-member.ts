import type {EvaluationOptions, ModelEngine, TokenSequence} from '../engine.js';
import type {Member, MemberLogprobs} from './member.js';

/** A model in this process, beside one at a server. */
export class LocalMember implements Member {
  readonly #engine: ModelEngine;

  /** @param engine - has the model for its policy, and no reference */
  constructor(engine: ModelEngine) {
    this.#engine = engine;
  }

  async logprobs(sequences: readonly TokenSequence[], options: EvaluationOptions): Promise<MemberLogprobs> {
    const {policy, evaluated} = await this.#engine.logprobs(sequences, options);
    return {logprobs: policy, evaluated};
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}
