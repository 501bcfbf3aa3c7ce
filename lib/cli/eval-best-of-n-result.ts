import {z} from 'zod';
import type {BestOfNProblem} from '../eval/best-of-n-types.js';
import {stepValuesSchema} from '../eval/step-values.js';
import {evalRecord} from './eval-record.js';

const schema = z.object({
  responses: z
    .array(
      z.object({
        answer: z.string().nullable(),
        correct: z.boolean(),
        steps: stepValuesSchema,
        withoutReference: stepValuesSchema.optional(),
      }),
    )
    .min(1),
});

/**
 * Reads a problem that {@link evalBestOfNTask} scored.
 *
 * @param bytes - the result as JSON
 */
export function evalBestOfNResult(bytes: Uint8Array): BestOfNProblem {
  return {candidates: evalRecord(bytes, schema, 'the result').responses};
}
