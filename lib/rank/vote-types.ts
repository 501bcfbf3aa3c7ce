/** What {@link vote} needs to know of a response; a `RankedResponse` has it. */
export interface AnsweredResponse {
  /** Its final answer, `null` if it has none. */
  answer: string | null;
  /** Its score, finite, in units of reward (a probability for the aggregate `'product'`). */
  score: number;
  /** Its place in the input, a whole number from 0 and its own. If no response has one, places in the list count. */
  index?: number | undefined;
}

/**
 * What a response's vote counts, and what the votes for one answer make together:
 *
 * - `'majority'`: every vote counts 1, the weight is their number; self-consistency, which needs no reward model.
 * - `'weighted'`: a vote counts σ(score), the probability that the response is right, the weight is their sum;
 *   weighted majority voting, arXiv 2412.01981, section 4.
 * - `'best'`: the weight is the highest score; best-of-N.
 */
export type VotingRule = 'majority' | 'weighted' | 'best';

/** How to vote. */
export interface VoteOptions {
  /** What a vote counts. */
  by: VotingRule;
  /**
   * Tells whether two answers are the same; `sameAnswer` if left out. A response joins the first group whose first
   * member has the same answer, so it need not be transitive. Called with the first member's answer first.
   */
  same?: ((a: string, b: string) => boolean) | undefined;
  /**
   * What a vote counts under `'weighted'`, a finite number, in place of σ(score). For scores that are probabilities
   * already, from the aggregate `'product'`: `score => score`.
   */
  weight?: ((score: number) => number) | undefined;
}

/** The responses that have one answer. */
export interface AnswerGroup {
  /** The answer, as the first of them gives it. */
  answer: string;
  /** How many they are, at least 1. */
  count: number;
  /** What their votes make together, see {@link VotingRule}. */
  weight: number;
  /** Their places in the input, ascending. */
  members: number[];
}

/** The outcome of a vote. */
export interface VoteResult {
  /** The winning answer, that of the first group; `null` if no response has an answer. */
  answer: string | null;
  /** The weight of the winning answer, see {@link VotingRule}; 0 if there is none. */
  weight: number;
  /** All answers, the heaviest first; the one seen first in the input where weights are equal. */
  groups: AnswerGroup[];
}
