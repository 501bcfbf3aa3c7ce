import type {Estimate} from '../bootstrap.js';

/** How an answer is made of what a search found. */
export type SearchMethod =
  | 'best'
  | 'weighted'
  | 'majority'
  /** Any of the responses: what one sample gives. */
  | 'random'
  /** Whether there is a right one at all, which no way of choosing can exceed. */
  | 'any';

/** How often searches found the right answer, and what they took. */
export interface SearchEvaluation {
  /** The number of problems. */
  problems: number;
  /** How many of them have a reference: accuracy is of these. */
  judged: number;
  /** The number of finished responses. */
  responses: number;
  /** How many searches ended because a budget was used up. */
  cutShort: number;
  /** For each method the share of problems answered right, 0 … 1; `null` if no problem has a reference. */
  accuracy: Record<SearchMethod, Estimate> | null;
  /** Tokens for each problem, on average. */
  usage: {generated: number; evaluated: number; scored: number};
}
