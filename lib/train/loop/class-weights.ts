import type {TrainingExample} from '../data/training-set.js';
import type {Unit} from '../data/training-units.js';

/** How much the loss of a right and of a wrong response counts. */
export interface ClassWeights {
  right: number;
  wrong: number;
}

/**
 * Weights under which right and wrong responses count alike, n / (2 n_class), 1 on average. Where there is one class only, or
 * units are pairs, all weigh 1.
 */
export function balancedWeights(
  examples: readonly Pick<TrainingExample, 'correct'>[],
  units: readonly Unit[],
): ClassWeights {
  const singles = units.filter(unit => unit.length === 1);
  const right = singles.filter(([member]) => examples[member]!.correct).length;
  const wrong = singles.length - right;
  return right === 0 || wrong === 0
    ? {right: 1, wrong: 1}
    : {right: singles.length / (2 * right), wrong: singles.length / (2 * wrong)};
}
