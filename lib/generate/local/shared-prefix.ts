import type {LlamaContext, LlamaContextSequence, Token} from 'node-llama-cpp';
import {GenerationError} from '../../errors/generation-error.js';

/**
 * What node-llama-cpp has and does not tell of: its own decisions are made with it. Its version is pinned; where it is
 * missing all the same, the tokens are evaluated once more.
 */
interface CopyingSequence {
  _copyStateFromOtherSequence?(from: LlamaContextSequence, tokens: number): Promise<boolean>;
}

/**
 * A context of node-llama-cpp with a sequence, the trunk, in which prompt and prefix are evaluated once, and others, the
 * branches, that go on from a copy of its state.
 */
export class SharedPrefix {
  readonly branches: readonly LlamaContextSequence[];
  readonly #trunk: LlamaContextSequence;
  readonly #batchSize: number;
  #promptLength = 0;

  /** @param context - its sequences are the trunk and the branches */
  constructor(context: LlamaContext) {
    // The library would make room by forgetting what a text began with. It is never to come to that.
    const contextShift = {
      strategy: () => {
        throw new GenerationError('GENERATION_FAILED', 'The context is full.');
      },
    };
    this.#batchSize = context.batchSize;
    this.#trunk = context.getSequence({contextShift});
    this.branches = Array.from({length: context.totalSequences - 1}, () =>
      context.getSequence({contextShift}),
    );
  }

  /**
   * Evaluates all tokens but the last.
   *
   * @param tokens - prompt and prefix
   * @param promptLength - how many of them are the prompt's
   * @returns how many tokens it took
   */
  async evaluate(tokens: readonly Token[], promptLength: number, signal?: AbortSignal): Promise<number> {
    const end = tokens.length - 1;
    // With the prompt's last token the branches begin, if there is no prefix.
    const prompt = Math.max(0, promptLength - 1);
    let from = this.#reusable(tokens.slice(0, end), prompt);
    await this.#trunk.adaptStateToTokens(tokens.slice(0, from) as Token[], false);
    // A model that can't go back to there has gone back further.
    from = this.#trunk.nextTokenIndex;
    const evaluated = end - from;
    this.#promptLength = prompt;
    while (from < end && !signal?.aborted) {
      // Prompt and prefix in batches of their own, so that the keys and values of a prompt are the same to the last bit
      // whatever comes behind it.
      const to = Math.min(from + this.#batchSize, from < prompt ? prompt : end);
      await this.#trunk.evaluateWithoutGeneratingNewTokens(tokens.slice(from, to) as Token[]);
      from = to;
    }

    return evaluated;
  }

  /** Gives a branch the state of the trunk. */
  async copyTo(branch: LlamaContextSequence): Promise<void> {
    const copying: CopyingSequence = branch as CopyingSequence;
    if (await copying._copyStateFromOtherSequence?.(this.#trunk, this.#trunk.nextTokenIndex)) {
      return;
    }

    await branch.clearHistory();
    await branch.evaluateWithoutGeneratingNewTokens(this.#trunk.contextTokens);
  }

  /**
   * How many tokens need no evaluation. Only those of the same prompt are taken over: what a text is must not depend on
   * which prompts came before, as it would by the last bits of a sum.
   */
  #reusable(tokens: readonly Token[], promptLength: number): number {
    const known = this.#trunk.contextTokens;
    const differs = known.findIndex((token, index) => token !== tokens[index]);
    const shared = differs === -1 ? known.length : differs;
    return promptLength === this.#promptLength && shared >= promptLength ? shared : 0;
  }
}
