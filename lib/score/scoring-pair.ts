import type {Engine} from '../engine/engine.js';
import type {ConversationTokeniser} from '../text/conversation-tokeniser.js';

/** What scoring needs of a {@link Pair}. */
export interface ScoringPair {
  /** The log-probabilities of any tokens under both models. */
  readonly engine: Engine;
  /** Turns prompts and responses into tokens. */
  readonly tokeniser: ConversationTokeniser;
  /** Of {@link PairInfo} what matters here. */
  readonly info: {
    /** The most tokens that a prompt and a response may have together. */
    contextSize: number;
    /** β, the reward of one nat. */
    beta: number;
  };
}
