import type {ModelEngine, ModelLogprobs, TokenSequence} from '../engine.js';
import type {Member, MemberOptions} from './member.js';

/** A model in this process, beside one at a server. */
export class LocalMember implements Member {
  readonly #engine: ModelEngine;

  /** @param engine - has the model for its policy, and no reference */
  constructor(engine: ModelEngine) {
    this.#engine = engine;
  }

  async logprobs(sequences: readonly TokenSequence[], options: MemberOptions): Promise<ModelLogprobs> {
    return this.#engine.modelLogprobs('policy', sequences, options);
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}
