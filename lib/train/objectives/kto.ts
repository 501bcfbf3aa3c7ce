import {sigmoid} from '../../reward/sigmoid.js';
import {type Objective, sumTerms} from './objective.js';

/**
 * Kahneman–Tversky optimisation (arXiv 2402.01306, equation 8): unpaired, the gain or loss against a reference point z₀.
 *
 * ℓ = 1 − σ(R − z₀) for a right response, 1 − σ(z₀ − R) for a wrong one; ∂ℓ/∂R = ∓σ(R − z₀) σ(z₀ − R).
 *
 * z₀ = max(0, mean of R over responses put behind other prompts) estimates KL(π_θ ‖ π_ref); no gradient goes through it.
 * The paper's λ_D and λ_U are the weights of the terms.
 */
export const kto: Objective = {
  name: 'kto',
  paired: false,
  usesReference: true,
  usesReferencePoint: true,
  evaluate: batch =>
    sumTerms(batch, ([response]) => {
      const sign = batch.correct[response!] ? 1 : -1;
      const gain = sign * (batch.rewards[response!]! - batch.referencePoint);
      return {loss: sigmoid(-gain), slopes: [-sign * sigmoid(gain) * sigmoid(-gain)]};
    }),
};
