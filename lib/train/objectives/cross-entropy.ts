import {logSigmoid} from '../../reward/log-sigmoid.js';
import {sigmoid} from '../../reward/sigmoid.js';
import {type Objective, sumTerms} from './objective.js';

/**
 * Cross-entropy on outcome labels l (arXiv 2412.01981, section 3): σ(R) is the probability that a response is right.
 *
 * ℓ = −l log σ(R) − (1 − l) log σ(−R), ∂ℓ/∂R = σ(R) − l.
 *
 * It needs no pairs: a prompt may have right responses only, or wrong ones, or one.
 */
export const crossEntropy: Objective = {
  name: 'ce',
  paired: false,
  usesReference: true,
  usesReferencePoint: false,
  evaluate: batch =>
    sumTerms(batch, ([response]) => {
      const reward = batch.rewards[response!]!;
      const correct = batch.correct[response!]!;
      return {
        loss: -logSigmoid(correct ? reward : -reward),
        slopes: [sigmoid(reward) - Number(correct)],
      };
    }),
};
