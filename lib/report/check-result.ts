import {z} from 'zod';
import {promptSchema} from '../score/score-schema.js';
import {check} from '../utils/check.js';
import type {ReportResult} from './types.js';

// A loop of its own: a schema for each number of some millions takes seconds.
const numbers = z.custom<ArrayLike<number>>(isNumbers, 'expected a list of finite numbers');
const count = z.int().min(0);
const finite = z.number();
const answer = z.union([z.string(), z.number()], 'expected a string or a number').nullish();

const step = z.looseObject({
  start: count,
  end: count,
  tokenStart: count,
  tokenEnd: count,
  logRatio: finite,
  reward: finite,
  q: finite,
});

const tokens = z
  .looseObject(
    {starts: numbers, policyLogprobs: numbers, referenceLogprobs: numbers.nullable()},
    {
      error: ({input}) =>
        input === undefined ? 'expected tokens, as score --tokens writes them' : undefined,
    },
  )
  .refine(
    ({starts, policyLogprobs, referenceLogprobs}) =>
      starts.length === policyLogprobs.length &&
      (referenceLogprobs === null || starts.length === referenceLogprobs.length),
    'expected as many starts as log-probabilities of either model',
  );

const prompt = {prompt: promptSchema.nullish(), id: z.unknown().optional(), reference: answer};

const response = z
  .looseObject({
    ...prompt,
    response: z.string(),
    steps: z.array(step).min(1),
    reward: finite,
    score: finite,
    tokens,
    answer,
    correct: z.boolean().nullish(),
    label: z.unknown().optional(),
  })
  .refine(
    ({response: text, tokens: {starts}}) => ascends([...Array.from(starts), text.length]),
    'expected the starts of the tokens to ascend within the response',
  )
  .refine(
    ({steps, tokens: {starts}}) =>
      ascends([0, ...steps.flatMap(({tokenStart, tokenEnd}) => [tokenStart, tokenEnd]), starts.length]),
    'expected the steps to ascend within the tokens',
  )
  .refine(
    ({steps, response: text}) => ascends([...steps.flatMap(({start, end}) => [start, end]), text.length]),
    'expected the steps to ascend within the response',
  );

const candidates = z.looseObject({...prompt, results: z.array(response).min(1)});

/**
 * Checks that a value is a result that a report can be made of.
 *
 * @param name - what to call it in the message
 * @throws {@link InvalidInputError} that names the first place that is wrong
 */
export function checkReportResult(value: unknown, name: string): ReportResult {
  const isMany = typeof value === 'object' && value !== null && 'results' in value;
  // What zod makes of custom types is no type of ours.
  return check<z.ZodType<unknown>>(isMany ? candidates : response, value, name) as ReportResult;
}

function isNumbers(value: unknown): boolean {
  if (!Array.isArray(value) && !(ArrayBuffer.isView(value) && 'length' in value)) {
    return false;
  }

  for (let index = 0; index < (value as ArrayLike<unknown>).length; index++) {
    if (!Number.isFinite((value as ArrayLike<unknown>)[index])) {
      return false;
    }
  }

  return true;
}

function ascends(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value >= values[index - 1]!);
}
