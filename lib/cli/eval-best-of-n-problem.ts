import {z} from 'zod';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {extractAnswer} from '../rank/extract-answer.js';
import {sameAnswer} from '../rank/same-answer.js';
import {promptSchema, responseSchema} from '../score/score-schema.js';
import type {Prompt} from '../text/prompt.js';
import {evalRecord} from './eval-record.js';

/** A problem whose responses are still to be scored. */
export interface UnscoredProblem {
  prompt: Prompt;
  responses: {text: string; answer: string | null; correct: boolean}[];
}

const answerSchema = z.union([z.string(), z.number().transform(String)]);
const schema = z.looseObject({
  prompt: promptSchema,
  reference: answerSchema.optional(),
  responses: z
    .array(
      z.looseObject({
        text: responseSchema,
        answer: answerSchema.nullable().optional(),
        correct: z.boolean().optional(),
      }),
    )
    .min(1),
});

/**
 * Reads a line of a best-of-N file. An answer that is not given is looked for in the response, and whether it is right is
 * seen from the reference.
 *
 * @param bytes - JSON of `{prompt, reference, responses: [{text, answer?, correct?}]}`; other fields are ignored
 * @throws {@link InvalidInputError} for anything else
 */
export function evalBestOfNProblem(bytes: Uint8Array): UnscoredProblem {
  const {prompt, reference, responses} = evalRecord(bytes, schema, 'the line');
  return {
    prompt,
    responses: responses.map(({text, answer: given, correct}, index) => {
      const answer = given === undefined ? extractAnswer(text) : given;
      if (correct === undefined && reference === undefined) {
        throw new InvalidInputError(
          `responses.${index} in the line has no "correct", and the line no "reference" to see it from`,
        );
      }

      return {text, answer, correct: correct ?? (answer !== null && sameAnswer(answer, reference!))};
    }),
  };
}
