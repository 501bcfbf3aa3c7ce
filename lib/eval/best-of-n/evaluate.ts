import {z} from 'zod';
import {check} from '../../utils/check.js';
import {bootstrapShape} from '../bootstrap.js';
import {BestOfNTally} from './tally.js';
import {type BestOfNEvaluation, type BestOfNOptions, type BestOfNProblem, candidatesSchema} from './types.js';

const problemsSchema = z.array(z.object({candidates: candidatesSchema})).min(1);
const optionsSchema = z.strictObject({
  counts: z.array(z.int().min(1)).min(1).optional(),
  same: z.custom<NonNullable<BestOfNOptions['same']>>(value => typeof value === 'function').optional(),
  ...bootstrapShape,
});

/**
 * Measures how often the right answer is chosen from the first N responses to a problem, as in section 4 of
 * arXiv 2412.01981, for every aggregate, vote and baseline at once. Runs no model.
 *
 * On a tie the earlier response wins, in a vote the answer seen first. Confidence intervals are over problems.
 *
 * @param problems - problems with scored responses, at least one
 * @param options - the values of N, which answers are the same, how to make confidence intervals
 * @throws {@link InvalidInputError} for no problem, a problem without a response or with fewer than N of them
 */
export function evaluateBestOfN(
  problems: readonly BestOfNProblem[],
  options: BestOfNOptions = {},
): BestOfNEvaluation {
  check(problemsSchema, problems, "evaluateBestOfN's problems");
  const {counts, same, ...drawing} = check(optionsSchema, options, "evaluateBestOfN's options");
  const tally = new BestOfNTally({counts, same});
  for (const problem of problems) {
    tally.add(problem);
  }

  return tally.evaluate(drawing);
}
