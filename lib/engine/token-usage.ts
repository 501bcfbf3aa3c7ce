import type {ModelLogprobs, SequenceLogprobs, TokenSequence} from './engine.js';

/** How much work something took, in tokens, both models counted. */
export interface TokenUsage {
  /** Tokens that had to be evaluated. */
  evaluated: number;
  /**
   * Tokens that had not: those shared with an earlier sequence of the call, such as the prompt, and whatever an earlier
   * call left in the cache.
   */
  reused: number;
}

/** What one sequence of a call for one model took. */
export function modelTokenUsage(
  {evaluated, likeliest}: ModelLogprobs,
  index: number,
  {tokens}: TokenSequence,
): TokenUsage {
  const needed = tokens.length - (likeliest ? 0 : 1);
  return {evaluated: evaluated[index]!, reused: needed - evaluated[index]!};
}

/** What one sequence of a call took. Its last token is only predicted, so it is neither evaluated nor reused. */
export function tokenUsage(
  {evaluated, reference}: SequenceLogprobs,
  index: number,
  {tokens}: TokenSequence,
): TokenUsage {
  const needed = (tokens.length - 1) * (reference ? 2 : 1);
  return {evaluated: evaluated[index]!, reused: needed - evaluated[index]!};
}
