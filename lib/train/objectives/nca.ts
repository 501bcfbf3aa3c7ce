import {logSigmoid} from '../../reward/log-sigmoid.js';
import {sigmoid} from '../../reward/sigmoid.js';
import {type Objective, sumTerms} from './objective.js';

/**
 * Noise contrastive alignment (arXiv 2402.05369, of two responses) on pairs of a right response w and a wrong
 * one l.
 *
 * ℓ = −log σ(R_w) − ½ log σ(−R_w) − ½ log σ(−R_l), ∂ℓ/∂R_w = 3/2 σ(R_w) − 1, ∂ℓ/∂R_l = ½ σ(R_l).
 *
 * A right response is drawn to R = log 2 and no further, a wrong one down without end: NCA holds on to the likelihood of
 * right responses, which DPO may lose.
 */
export const nca: Objective = {
  name: 'nca',
  paired: true,
  usesReference: true,
  usesReferencePoint: false,
  evaluate: batch =>
    sumTerms(batch, ([right, wrong]) => {
      const [high, low] = [batch.rewards[right!]!, batch.rewards[wrong!]!];
      return {
        loss: -logSigmoid(high) - 0.5 * logSigmoid(-high) - 0.5 * logSigmoid(-low),
        slopes: [1.5 * sigmoid(high) - 1, 0.5 * sigmoid(low)],
      };
    }),
};
