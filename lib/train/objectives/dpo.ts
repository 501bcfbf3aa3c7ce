import {logSigmoid} from '../../reward/log-sigmoid.js';
import {sigmoid} from '../../reward/sigmoid.js';
import {type Objective, sumTerms} from './objective.js';

/**
 * Direct preference optimisation (arXiv 2305.18290, equation 7) on pairs of a right response w and a wrong one l.
 *
 * ℓ = −log σ(R_w − R_l), ∂ℓ/∂R_w = −σ(R_l − R_w) = −∂ℓ/∂R_l.
 *
 * Only the difference is trained: σ(R) of one response says nothing of how likely it is right.
 */
export const dpo: Objective = {
  name: 'dpo',
  paired: true,
  usesReference: true,
  usesReferencePoint: false,
  evaluate: batch =>
    sumTerms(batch, ([right, wrong]) => {
      const margin = batch.rewards[right!]! - batch.rewards[wrong!]!;
      const slope = sigmoid(-margin);
      return {loss: -logSigmoid(margin), slopes: [-slope, slope]};
    }),
};
