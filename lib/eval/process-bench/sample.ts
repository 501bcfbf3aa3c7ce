import {z} from 'zod';
import {parseRecord} from '../../runs/input/parse-record.js';
import {joinSteps} from '../../steps/join-steps.js';
import type {StepSpan} from '../../steps/step-span.js';
import {recordIdSchema} from '../task.js';

/** A solution that is still to be scored. */
export interface UnscoredSample {
  id: string | number | undefined;
  problem: string;
  response: string;
  spans: StepSpan[];
  label: number;
  finalAnswerCorrect: boolean | undefined;
}

const text = z.string().refine(value => value.isWellFormed(), 'expected well-formed UTF-16');
const schema = z
  .looseObject({
    id: recordIdSchema,
    problem: text,
    steps: z.array(text).min(1),
    label: z.int().min(-1),
    final_answer_correct: z.boolean().optional(),
  })
  .refine(({label, steps}) => label < steps.length, {
    path: ['label'],
    message: 'expected the index of a step, counted from 0, or -1',
  });

/**
 * Reads a sample in ProcessBench's own format.
 *
 * @param bytes - JSON of `{id?, problem, steps, final_answer_correct?, label}`; other fields are ignored
 * @param labelSteps - whether to begin each step with `Step N: `
 * @throws {@link InvalidInputError} for anything else
 */
export function readSample(bytes: Uint8Array, labelSteps: boolean): UnscoredSample {
  const {id, problem, steps, label, ...rest} = parseRecord(bytes, schema, 'the sample');
  const labelled = labelSteps ? steps.map((step, index) => `Step ${index + 1}: ${step}`) : steps;
  return {id, problem, ...joinSteps(labelled), label, finalAnswerCorrect: rest.final_answer_correct};
}
