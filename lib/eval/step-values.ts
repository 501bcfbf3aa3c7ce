import {z} from 'zod';

/** What a step is worth; the steps of a {@link ScoredResponse} are such. */
export interface StepValues {
  /** The step's reward r_k. */
  reward: number;
  /** The Q value q_k after the step; that of the last step is the outcome reward. */
  q: number;
}

/** The schema of a response's steps. */
export const stepValuesSchema = z.array(z.object({reward: z.number(), q: z.number()})).min(1);
