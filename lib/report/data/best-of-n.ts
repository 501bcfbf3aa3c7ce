import {evaluateBestOfN} from '../../eval/best-of-n/evaluate.js';
import type {BestOfNProblem} from '../../eval/best-of-n/types.js';
import type {BestOfNData} from './types.js';

/** Fewer than an evaluation draws: the page is to be there soon, and shows bands, not digits. */
const resamples = 500;

/**
 * Measures best-of-N.
 *
 * @param problems - those with a label for each response
 * @returns `null` if none has several responses
 */
export function bestOfNData(problems: readonly BestOfNProblem[]): BestOfNData | null {
  const several = problems.filter(({candidates}) => candidates.length > 1);
  if (several.length === 0) {
    return null;
  }

  const {problems: count, counts, accuracy} = evaluateBestOfN(several, {resamples});
  return {problems: count, counts, accuracy};
}
