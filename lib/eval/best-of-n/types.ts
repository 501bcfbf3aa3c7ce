import {z} from 'zod';
import type {BootstrapOptions, Estimate} from '../bootstrap.js';
import type {Calibration} from '../calibration.js';
import {type StepValues, stepValuesSchema} from '../step-values.js';

/** A response that may be chosen. */
export interface BestOfNCandidate {
  /** Its final answer, `null` if it has none. */
  answer: string | null;
  /** Whether the answer is right. */
  correct: boolean;
  /** Its process rewards. */
  steps: readonly StepValues[];
  /** The same with the policy's log-probabilities in place of log-ratios, "w/o ref" in the authors' code. */
  withoutReference?: readonly StepValues[] | undefined;
}

/** A problem and its responses, in the order they were sampled. */
export interface BestOfNProblem {
  /** The responses, at least one. */
  candidates: readonly BestOfNCandidate[];
  /** Whether the right answer could not be read from the reference; `false` if left out. */
  unreadReference?: boolean | undefined;
}

/**
 * How one answer is made of the first N responses to a problem.
 *
 * - `'min'`, `'sum'`, `'mean'`, `'last'`, `'product'`: best-of-N by this {@link Aggregate} of step rewards.
 * - `'minQ'`, `'sumQ'`, `'meanQ'`, `'productQ'`: best-of-N by this aggregate of Q values (the last Q value is the sum of rewards).
 * - `'withoutReferenceMin'`, `'withoutReferenceSum'`: best-of-N by the policy alone.
 * - `'majority'`: the most frequent answer, no reward in it.
 * - `'weightedByMin'` and so on: the answer with the highest sum of σ(score), the score made as above; a product of
 *   probabilities counts as it is.
 * - `'anyOfFirstN'`: whether there is a right one at all, which no way of choosing can exceed.
 * - `'passAtN'`: the same for any N of the responses rather than the first, the unbiased estimator of {@link passAtK}.
 * - `'random'`: any of the first N, what choosing blindly gives.
 */
export type BestOfNMethod =
  | 'min'
  | 'sum'
  | 'mean'
  | 'last'
  | 'product'
  | 'minQ'
  | 'sumQ'
  | 'meanQ'
  | 'productQ'
  | 'withoutReferenceMin'
  | 'withoutReferenceSum'
  | 'majority'
  | 'weightedByMin'
  | 'weightedBySum'
  | 'weightedByMean'
  | 'weightedByLast'
  | 'weightedByProduct'
  | 'weightedByMinQ'
  | 'weightedBySumQ'
  | 'weightedByMeanQ'
  | 'weightedByProductQ'
  | 'anyOfFirstN'
  | 'passAtN'
  | 'random';

/** What {@link evaluateBestOfN} can be told. */
export interface BestOfNOptions extends BootstrapOptions {
  /** The values of N; if left out 1, 2, 4 … 64, as far as every problem has responses. */
  counts?: readonly number[] | undefined;
  /** Whether two answers are the same, for the votes; {@link sameAnswer} if left out. */
  same?: ((a: string, b: string) => boolean) | undefined;
}

/** The accuracy of one method for one N. */
export interface BestOfNAccuracy extends Estimate {
  /** How many responses there were to choose from. */
  n: number;
}

/** How often the right answer was chosen. */
export interface BestOfNEvaluation {
  /** The number of problems. */
  problems: number;
  /** The number of their responses. */
  responses: number;
  /** How many of the responses have no answer. */
  unanswered: number;
  /** For how many problems the right answer could not be read. */
  unreadReferences: number;
  /** The values of N. */
  counts: number[];
  /** For each method the share of problems answered right, 0 … 1, for each N. Without-reference methods may be missing. */
  accuracy: Partial<Record<BestOfNMethod, BestOfNAccuracy[]>>;
  /** For each N how much more often `'min'` is right than `'majority'`: a difference on the same problems. */
  gainOverMajority: BestOfNAccuracy[];
  /** σ of the outcome reward against correctness, over all responses. */
  calibration: Calibration;
}

/** The scored responses to a problem, at least one. */
export const candidatesSchema = z
  .array(
    z.object({
      answer: z.string().nullable(),
      correct: z.boolean(),
      steps: stepValuesSchema,
      withoutReference: stepValuesSchema.optional(),
    }),
  )
  .min(1);
