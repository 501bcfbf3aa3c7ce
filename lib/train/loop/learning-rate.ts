/** How the learning rate changes over a training. */
export interface LearningRateSchedule {
  /** The highest learning rate. */
  learningRate: number;
  /** The share of all steps in which it rises from 0 to there, 0 … 1. */
  warmup: number;
  /** What it does after: falls as half a cosine to 0, or stays. */
  decay: 'cosine' | 'constant';
}

/**
 * The learning rate of one step.
 *
 * @param step - from 0
 * @param steps - of the whole training
 */
export function learningRateAt(
  step: number,
  steps: number,
  {learningRate, warmup, decay}: LearningRateSchedule,
): number {
  const rising = Math.ceil(warmup * steps);
  if (step < rising) {
    return (learningRate * (step + 1)) / rising;
  }

  const progress = (step - rising) / Math.max(1, steps - rising);
  return decay === 'constant' ? learningRate : (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
}
