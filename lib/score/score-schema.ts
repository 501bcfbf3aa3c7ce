import {z} from 'zod';
import type {BetaSchedule} from '../reward/beta-schedule.js';
import type {StepSplitter} from '../steps/step-splitter.js';
import {renderingShape} from '../text/rendering-schema.js';

/** A text that has a form in UTF-8. */
export const textSchema = z
  .string()
  .refine(value => value.isWellFormed(), 'expected well-formed UTF-16, but a surrogate stands alone');
/** The text of a response. */
export const responseSchema = textSchema.refine(
  value => value.trim() !== '',
  'expected a response with more in it than white space',
);
const tokens = z.union([z.instanceof(Int32Array), z.array(z.int32().min(0))]);

const message = z.strictObject({role: z.string().min(1), content: textSchema});
/** A conversation up to the assistant's turn. */
export const messagesSchema = z
  .array(message)
  .min(1)
  .refine(
    list => list.at(-1)?.role !== 'assistant',
    'expected the conversation to end before the assistant’s turn',
  );

/** What a response answers. */
export const promptSchema = z.union(
  [textSchema, messagesSchema, z.strictObject({raw: z.union([textSchema, tokens])})],
  {
    error: issue => describeUnion(issue.errors) ?? 'expected a string, messages of {role, content}, or {raw}',
  },
);

/** The message of the alternative that came closest, by how deep it got. */
export function describeUnion(
  errors: readonly (readonly z.core.$ZodIssue[])[] | undefined,
): string | undefined {
  const issues = errors?.flat().filter(({path, code}) => path.length > 0 || code === 'custom') ?? [];
  const [issue] = issues.toSorted((a, b) => b.path.length - a.path.length);
  if (issue?.code === 'invalid_type' && issue.input === undefined) {
    return `expected messages of {role, content}, but ${issue.path.join('.')} is missing`;
  }

  return issue && [issue.path.join('.'), issue.message].filter(Boolean).join(': ');
}

/** What `scoreSteps` takes. That steps and response fit each other is checked where they are joined. */
export const scoreInputSchema = z
  .strictObject({
    prompt: promptSchema,
    response: responseSchema.optional(),
    responses: z.array(responseSchema).min(1).optional(),
    steps: z.array(textSchema).min(1).optional(),
    complete: z.boolean().default(true),
  })
  .refine(
    ({response, responses, steps}) =>
      (responses === undefined) !== (response === undefined && steps === undefined),
    {
      message: 'give either response, or steps, or responses',
    },
  );

/** The options of `scoreSteps`. */
export const scoreOptionsSchema = z.strictObject({
  beta: z.number().positive().optional(),
  // The functions that use them check them, and say what is allowed.
  betaSchedule: z.custom<BetaSchedule>().optional(),
  split: z.custom<StepSplitter>().optional(),
  aggregate: z.literal(['min', 'sum', 'mean', 'last', 'product']).default('min'),
  scoreBy: z.literal(['reward', 'q']).default('reward'),
  allowSpecialTokens: z.boolean().default(false),
  ...renderingShape,
  signal: z.instanceof(AbortSignal).optional(),
  onProgress: z
    .custom<(progress: {tokens: number; total: number}) => void>(
      value => typeof value === 'function',
      'expected a function',
    )
    .optional(),
});
