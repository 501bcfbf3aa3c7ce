import type {ScoredResponse, ScoreManyInput, ScoreOptions} from '../score/score-types.js';
import type {AnswerExtractor} from './extraction/answer-extractor.js';

/** A prompt and the responses to rank. */
export interface RankInput extends Omit<ScoreManyInput, 'response' | 'steps'> {
  /**
   * The final answer of each response, `null` for one without; as many as responses. If left out they are looked for in
   * the responses.
   */
  answers?: readonly (string | null)[] | undefined;
}

/** How to score responses and where to find their answers. */
export interface RankOptions extends ScoreOptions {
  /**
   * Where the final answers stand; in the last `\boxed{…}`, else behind `Answer:`, if left out. Not used if the answers
   * are given.
   */
  extractAnswer?: AnswerExtractor | undefined;
}

/** One of several responses, with its place among them, its answer and its rewards. */
export interface RankedResponse extends ScoredResponse {
  /** The response's place in the input, from 0. */
  index: number;
  /** Its final answer, given or found; `null` if it has none. */
  answer: string | null;
}
