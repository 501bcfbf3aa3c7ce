import {z} from 'zod';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {sameAnswer} from '../../rank/equality/same-answer.js';
import {extractAnswer} from '../../rank/extraction/extract-answer.js';
import {parseRecord} from '../../runs/input/parse-record.js';
import {promptSchema, responseSchema} from '../../score/score-schema.js';
import type {Prompt} from '../../text/prompt.js';
import {recordIdSchema} from '../task.js';

/** A problem whose responses are still to be scored. */
export interface UnscoredProblem {
  id: string | number | undefined;
  prompt: Prompt;
  responses: UnscoredResponse[];
}

interface UnscoredResponse {
  text: string;
  answer: string | null;
  correct: boolean;
  /** Whether it has come to its end. */
  complete: boolean;
}

const answerSchema = z.union([z.string(), z.number().transform(String)]);
const schema = z.looseObject({
  id: recordIdSchema,
  prompt: promptSchema,
  reference: answerSchema.optional(),
  complete: z.boolean().optional(),
  responses: z
    .array(
      z.looseObject({
        text: responseSchema,
        answer: answerSchema.nullable().optional(),
        correct: z.boolean().optional(),
        complete: z.boolean().optional(),
      }),
    )
    .min(1),
});

/**
 * Reads a line of a best-of-N file. An answer that is not given is looked for in the response, and whether it is right is
 * seen from the reference.
 *
 * @param bytes - JSON of `{id?, prompt, reference, responses: [{text, answer?, correct?, complete?}], complete?}`; other
 * fields are ignored
 * @param complete - whether a response has come to its end where the line does not say
 * @throws {@link InvalidInputError} for anything else
 */
export function readProblem(bytes: Uint8Array, complete: boolean): UnscoredProblem {
  const {id, prompt, reference, responses, ...line} = parseRecord(bytes, schema, 'the line');
  return {
    id,
    prompt,
    responses: responses.map(({text, answer: given, correct, ...response}, index) => {
      const answer = given === undefined ? extractAnswer(text) : given;
      if (correct === undefined && reference === undefined) {
        throw new InvalidInputError(
          `responses.${index} in the line has no "correct", and the line no "reference" to see it from`,
        );
      }

      return {
        text,
        answer,
        correct: correct ?? (answer !== null && sameAnswer(answer, reference!)),
        complete: response.complete ?? line.complete ?? complete,
      };
    }),
  };
}
