import {z} from 'zod';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {isRightAnswer} from '../../rank/equality/right-answer.js';
import {extractAnswer} from '../../rank/extraction/extract-answer.js';
import {referenceAnswer} from '../../rank/extraction/reference-answer.js';
import {checkRecord, missingField} from '../../runs/input/record-fields.js';
import {promptSchema} from '../../score/score-schema.js';
import {joinSteps} from '../../steps/join-steps.js';
import type {StepSpan} from '../../steps/step-span.js';
import type {Prompt} from '../../text/prompt.js';

/** A response to learn from. */
export interface LabelledResponse {
  text: string;
  /** Its final answer, `null` if it has none. */
  answer: string | null;
  /** Whether the answer is right; `null` if nobody has said. */
  correct: boolean | null;
  /** Whether it has come to its end. */
  complete: boolean;
  /** Its steps, where it is known which of them is the first wrong one. */
  solution?: LabelledSteps | undefined;
}

/** Steps and which of them is the first wrong one. */
export interface LabelledSteps {
  /** Where in the response each lies. */
  spans: readonly StepSpan[];
  /** The index of the first wrong step, −1 if there is none. */
  label: number;
}

/** A prompt and responses to learn from. */
export interface TrainingRecord {
  prompt: Prompt;
  responses: LabelledResponse[];
}

const text = z.string().refine(value => value.isWellFormed(), 'expected well-formed UTF-16');
const answer = z.union([z.string(), z.number().transform(String)]);
const flag = z.union([z.boolean(), z.literal([0, 1]).transform(Boolean)], {
  error: 'expected true or false',
});
const responseFields = {
  answer: answer.nullish(),
  correct: flag.nullish(),
  complete: z.boolean().optional(),
};
const schema = z.looseObject({
  prompt: promptSchema.optional(),
  messages: promptSchema.optional(),
  problem: text.optional(),
  question: text.optional(),
  reference: answer.nullish(),
  response: text.optional(),
  steps: z.array(text).min(1).optional(),
  label: z.int().min(-1).optional(),
  final_answer_correct: flag.nullish(),
  responses: z.array(z.union([text, z.looseObject({text, ...responseFields})])).optional(),
  ...responseFields,
});

type Line = z.output<typeof schema>;

/**
 * Reads a line of labelled responses: `{prompt, responses: [{text, correct}]}` or `{prompt, response, correct}`, as
 * `eval best-of-n` and `sample` have them. The prompt may be called `messages`, `problem` or `question`, a response may be
 * given by its `steps`, with the first wrong one as their `label`, as in ProcessBench. Where `correct` is missing it is
 * `final_answer_correct`, or is seen from a `reference` answer; other fields are ignored.
 *
 * @param value - parsed JSON
 * @param name - what to call it in messages
 * @throws {@link InvalidInputError} for anything else
 */
export function trainingRecord(value: unknown, name: string): TrainingRecord {
  const line = checkRecord(schema, value, name);
  const prompt = line.prompt ?? line.messages ?? line.problem ?? line.question;
  if (prompt === undefined) {
    throw missingField(['prompt', 'messages', 'problem', 'question'], line, name);
  }

  return {
    prompt,
    responses: responsesOf(line, name).map(({text, solution, ...own}) => {
      const given = own.answer === undefined ? extractAnswer(text) : own.answer;
      return {
        text,
        answer: given,
        correct: own.correct ?? seenFrom(line.reference, given),
        complete: own.complete ?? line.complete ?? true,
        solution,
      };
    }),
  };
}

type Response = {text: string; solution?: LabelledSteps | undefined} & Pick<
  Line,
  keyof typeof responseFields
>;

function responsesOf(all: Line, name: string): Response[] {
  const {responses, response, steps, ...line} = all;
  if (responses === undefined && response === undefined && steps === undefined) {
    throw missingField(['responses', 'response', 'steps'], all, name);
  }

  const other = response === undefined ? 'steps' : 'response';
  if (responses !== undefined && all[other] !== undefined) {
    throw new InvalidInputError(`${name} has "responses" and "${other}": leave one of them out`);
  }

  if (responses) {
    return responses.map(one => (typeof one === 'string' ? {text: one} : one));
  }

  const {answer, complete, label} = line;
  const correct = line.correct ?? line.final_answer_correct;
  if (steps === undefined) {
    return [{text: response!, answer, correct, complete}];
  }

  const joined = joinSteps(steps, response);
  if (label !== undefined && label >= steps.length) {
    throw new InvalidInputError(
      `"label" of ${name} has to be the index of a step, 0 to ${steps.length - 1}, or -1, not ${label}.`,
    );
  }

  const solution = label === undefined ? undefined : {spans: joined.spans, label};
  return [{text: joined.response, answer, correct, complete, solution}];
}

function seenFrom(reference: string | null | undefined, answer: string | null): boolean | null {
  return typeof reference === 'string' && reference.trim() !== ''
    ? isRightAnswer(answer, referenceAnswer(reference).answer)
    : null;
}
