import {z} from 'zod';
import {check} from '../utils/check.js';
import {inputOrder} from './input-order.js';
import type {AnsweredResponse} from './vote-types.js';

const scoredSchema = z.array(z.object({score: z.number(), index: z.int().min(0).optional()})).min(1);

/**
 * Takes the response with the highest score: best-of-N, arXiv 2412.01981, section 4. The responses may be in any order:
 * as `rankResponses` returns them, as `scoreSteps` does, or shuffled.
 *
 * Of several with the highest score it takes the one with the lowest `index`, as `rankResponses` numbers them; if
 * they have none, the one that comes first in the list. So it is always the first of a ranking.
 *
 * @param scored - at least one response with a finite score; either all with an `index` or none
 * @returns the best of them, the object itself
 * @throws {@link InvalidInputError} if there is no response, if a score is no finite number, if an index is no whole
 * number from 0, if two are the same, or if only some responses have one
 */
export function bestOf<T extends Pick<AnsweredResponse, 'score' | 'index'>>(scored: readonly T[]): T {
  check(scoredSchema, scored, "bestOf's responses");
  return inputOrder(scored).reduce((best, response) => (response.score > best.score ? response : best));
}
