import type {ScoredResponse} from './score-types.js';

/**
 * Makes a scored response into what is printed as JSON: without the tokens, or with them as plain arrays. What it
 * took is left out: that depends on what was scored before.
 *
 * @param scored - from `scoreSteps`
 * @param options - whether to keep the tokens
 */
export function resultOf({tokens, usage: _usage, ...rest}: ScoredResponse, options: {tokens: boolean}) {
  if (!options.tokens) {
    return rest;
  }

  const {ids, starts, policyLogprobs, referenceLogprobs} = tokens;
  return {
    ...rest,
    tokens: {
      ids: Array.from(ids),
      starts: Array.from(starts),
      policyLogprobs: Array.from(policyLogprobs),
      referenceLogprobs: referenceLogprobs && Array.from(referenceLogprobs),
    },
  };
}
