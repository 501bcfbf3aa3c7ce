import {z} from 'zod';
import {stepValuesSchema} from '../step-values.js';

/** The scored responses to a problem, at least one. */
export const candidatesSchema = z
  .array(
    z.object({
      answer: z.string().nullable(),
      correct: z.boolean(),
      steps: stepValuesSchema,
      withoutReference: stepValuesSchema.optional(),
    }),
  )
  .min(1);
