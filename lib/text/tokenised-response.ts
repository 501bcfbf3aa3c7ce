import type {TextRange} from '../steps/ranges.js';
import type {Rendering} from './rendering.js';

/** A prompt and a response as tokens. */
export interface TokenisedResponse {
  /** Those of the prompt, then those of the response, then the end-of-turn token of a finished response. */
  tokens: Int32Array;
  /** How many of them are the prompt's: those that begin in it. */
  promptLength: number;
  /**
   * For each token of the response the index in its text of the character it begins in; the end-of-turn token begins
   * at the text's end.
   */
  starts: Uint32Array;
  /** What the models see of the conversation. */
  rendering: Rendering;
  /** What of the response has no tokens: the template leaves it out, or the prompt has written it already. */
  unscored: TextRange[];
  /** Whether the template's text of the conversation lacks more of the response than white space. */
  isCutByTemplate: boolean;
  /** The text of each token, if it was asked for. */
  pieces?: string[];
}
