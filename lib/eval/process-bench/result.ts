import {z} from 'zod';
import {evalRecord} from '../../runs/input/parse-record.js';
import {stepValuesSchema} from '../step-values.js';
import type {ProcessBenchSample} from './types.js';

const schema = z
  .object({
    label: z.int().min(-1),
    final_answer_correct: z.boolean().optional(),
    steps: stepValuesSchema,
  })
  .refine(({label, steps}) => label < steps.length, 'expected the label to be the index of a step');

/**
 * Reads a sample that {@link evalProcessBenchTask} scored.
 *
 * @param bytes - the result as JSON
 */
export function evalProcessBenchResult(bytes: Uint8Array): ProcessBenchSample {
  const {label, steps, final_answer_correct: finalAnswerCorrect} = evalRecord(bytes, schema, 'the result');
  return {label, steps, finalAnswerCorrect};
}
