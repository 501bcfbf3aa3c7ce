import {z} from 'zod';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {check} from '../../utils/check.js';
import {stepValuesSchema} from '../step-values.js';
import type {ProcessBenchSample} from './types.js';

const samplesSchema = z
  .array(
    z.object({
      label: z.int().min(-1),
      steps: stepValuesSchema,
      finalAnswerCorrect: z.boolean().optional(),
    }),
  )
  .min(1);

/** The schema of `by` in {@link ThresholdOptions}. */
export const bySchema = z.literal(['q', 'reward']).default('q');

/**
 * Checks samples.
 *
 * @param name - what to call them in the message
 * @throws {@link InvalidInputError} for no sample, or a label that is no step
 */
export function checkSamples(samples: readonly ProcessBenchSample[], name: string): void {
  check(samplesSchema, samples, name);
  const wrong = samples.findIndex(({label, steps}) => label >= steps.length);
  if (wrong !== -1) {
    const {label, steps} = samples[wrong]!;
    throw new InvalidInputError(
      `${wrong}.label in ${name}: expected a step from 0 to ${steps.length - 1}, or -1 (it is ${label})`,
    );
  }
}
