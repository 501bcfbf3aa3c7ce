import {z} from 'zod';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import type {AnswerExtractor} from '../../rank/extraction/answer-extractor.js';
import {extractAnswer} from '../../rank/extraction/extract-answer.js';
import {referenceAnswer} from '../../rank/extraction/reference-answer.js';
import {parseRecord} from '../../runs/input/parse-record.js';
import {promptSchema, responseSchema} from '../../score/score-schema.js';
import type {Prompt} from '../../text/prompt.js';
import {recordIdSchema} from '../task.js';

/** A problem whose responses are still to be scored. */
export interface UnscoredProblem {
  id: string | number | undefined;
  prompt: Prompt;
  responses: UnscoredResponse[];
  /** The right answer, `null` if it is not given: then each response says whether it is right. */
  reference: string | null;
  /** Whether no answer was found in a reference that is no answer itself. */
  unreadReference: boolean;
}

interface UnscoredResponse {
  text: string;
  answer: string | null;
  /** Whether it is right, where the line says so; `null` where that is to be seen from the reference. */
  correct: boolean | null;
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
      z.preprocess(
        // As score takes them.
        response => (typeof response === 'string' ? {text: response} : response),
        z.looseObject({
          text: responseSchema,
          answer: answerSchema.nullable().optional(),
          correct: z.boolean().optional(),
          complete: z.boolean().optional(),
        }),
      ),
    )
    .min(1),
});

/**
 * Reads a line of a best-of-N file. An answer that is not given is looked for in the response.
 *
 * @param bytes - JSON of `{id?, prompt, reference, responses: [text or {text, answer?, correct?, complete?}], complete?}`;
 * other fields are ignored
 * @param complete - whether a response has come to its end where the line does not say
 * @param how - where the answers stand, see {@link AnswerExtractor}
 * @throws {@link InvalidInputError} for anything else
 */
export function readProblem(bytes: Uint8Array, complete: boolean, how?: AnswerExtractor): UnscoredProblem {
  const {id, prompt, reference, responses, ...line} = parseRecord(bytes, schema, 'the line');
  const right = reference === undefined ? undefined : referenceAnswer(reference);
  return {
    id,
    prompt,
    reference: right?.answer ?? null,
    unreadReference: right?.isRead === false,
    responses: responses.map(({text, answer: given, correct, ...response}, index) => {
      if (correct === undefined && right === undefined) {
        throw new InvalidInputError(
          `responses.${index} in the line has no "correct", and the line no "reference" to see it from`,
        );
      }

      return {
        text,
        answer: given === undefined ? extractAnswer(text, how) : given,
        correct: correct ?? null,
        complete: response.complete ?? line.complete ?? complete,
      };
    }),
  };
}
