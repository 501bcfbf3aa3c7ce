import {z} from 'zod';
import {parseRecord} from '../../runs/input/parse-record.js';
import {stepsOf} from '../scoring/steps-of.js';
import {stepValuesSchema} from '../step-values.js';
import type {EvalTask} from '../task.js';
import {readSample, type UnscoredSample} from './sample.js';
import type {ProcessBenchSample} from './types.js';

const schema = z
  .object({
    label: z.int().min(-1),
    final_answer_correct: z.boolean().optional(),
    steps: stepValuesSchema,
  })
  .refine(({label, steps}) => label < steps.length, 'expected the label to be the index of a step');

/** Makes what `eval processbench` does with each sample. Its results are for {@link readProcessBenchResult}. */
export function processBenchTask({labelSteps = false}: {labelSteps?: boolean}): EvalTask<UnscoredSample> {
  return {
    name: 'processbench',
    noun: 'sample',
    identity: {'--label-steps': labelSteps},
    read: bytes => readSample(bytes, labelSteps),
    async score({id, problem, response, spans, label, finalAnswerCorrect}, scorer, rewards, watching) {
      const [scores] = await scorer.score({prompt: problem, responses: [response]}, watching);
      const steps = stepsOf(scores!, spans, rewards);
      return {id, label, final_answer_correct: finalAnswerCorrect, steps};
    },
  };
}

/**
 * Reads a sample that {@link processBenchTask} scored.
 *
 * @param bytes - the result as JSON
 */
export function readProcessBenchResult(bytes: Uint8Array): ProcessBenchSample {
  const {label, steps, final_answer_correct: finalAnswerCorrect} = parseRecord(bytes, schema, 'the result');
  return {label, steps, finalAnswerCorrect};
}
