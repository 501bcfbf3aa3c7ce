import {type Objective, sumTerms} from './objective.js';

/**
 * Supervised fine-tuning: the mean negative log-likelihood of a response's tokens, for a base of one's own. Here R is
 * log π_θ(y | x) itself.
 *
 * ℓ = −R / T, ∂ℓ/∂R = −1 / T, T the number of tokens.
 */
export const supervised: Objective = {
  name: 'sft',
  paired: false,
  usesReference: false,
  usesReferencePoint: false,
  evaluate: batch =>
    sumTerms(batch, ([response]) => {
      const length = batch.lengths[response!]!;
      return {loss: -batch.rewards[response!]! / length, slopes: [-1 / length]};
    }),
};
