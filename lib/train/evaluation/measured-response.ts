import type {StepValues} from '../../eval/step-values.js';

/** What judges a response: the pair, the untrained base's log-probability, or the trained policy's. */
export type Judge = 'reward' | 'control' | 'withoutReference';

/** All judges. */
export const judges: readonly Judge[] = ['reward', 'control', 'withoutReference'];

/** The steps of a response as each judge has them: β times a log-ratio or a log-probability. */
export type JudgedSteps = Record<Judge, readonly StepValues[]>;

/** A response that was not learned from. */
export interface HeldOutResponse {
  steps: JudgedSteps;
  answer: string | null;
  correct: boolean;
}

/** A solution whose first wrong step is known; −1 if there is none. */
export interface LabelledSolution {
  steps: JudgedSteps;
  label: number;
}
