import type {BootstrapOptions, Estimate} from '../bootstrap.js';
import type {Calibration} from '../calibration.js';
import type {StepValues} from '../step-values.js';

/** A solution whose first wrong step is known, as in ProcessBench (arXiv 2412.06559). */
export interface ProcessBenchSample {
  /** The index of the first wrong step, −1 if there is none. */
  label: number;
  /** The steps' rewards. */
  steps: readonly StepValues[];
  /** Whether the final answer is right, which it may be in spite of a wrong step. For the calibration. */
  finalAnswerCorrect?: boolean | undefined;
}

/** How a wrong step is recognised. */
export interface ThresholdOptions {
  /** Whether σ is taken of Q values (the default) or of step rewards. */
  by?: 'q' | 'reward' | undefined;
}

/** What {@link evaluateProcessBench} can be told. */
export interface ProcessBenchOptions extends ThresholdOptions, BootstrapOptions {
  /** The first step whose σ(value) lies under it, 0 … 1, is the predicted error. */
  threshold: number;
}

/** How well a threshold finds first errors. */
export interface ProcessBenchEvaluation {
  /** What σ was taken of. */
  by: 'q' | 'reward';
  /** Under which σ(value) a step counts as wrong. */
  threshold: number;
  /** The number of samples with a wrong step. */
  erroneous: number;
  /** The number of samples without one. */
  correct: number;
  /** The share of erroneous samples whose first wrong step was found exactly; `null` if there are none. */
  accuracyErroneous: Estimate | null;
  /** The share of right samples in which no step was taken for wrong; `null` if there are none. */
  accuracyCorrect: Estimate | null;
  /** The harmonic mean of both accuracies, ProcessBench's measure; `null` if either is. */
  f1: Estimate | null;
  /** σ of the outcome reward against the final answer, over samples that tell of it; `null` if none does. */
  calibration: Calibration | null;
}

/** The threshold that finds first errors best. */
export interface BestThreshold {
  /**
   * A multiple of 0.0001, or a finer one near 0 or 1 where that is better; the lowest one if several are equally good.
   */
  threshold: number;
  /** The F1 that it has on the samples that it was chosen on: an optimistic figure. */
  f1: number;
}
