import {z} from '@hono/zod-openapi';
import {messagesSchema, responseSchema, textSchema} from '../../score/score-schema.js';
import {renderingShape} from '../../text/rendering-schema.js';

const rawSchema = z.union([textSchema, z.array(z.int32().min(0))]);

const promptSchema = z.union([textSchema, messagesSchema, z.strictObject({raw: rawSchema})]);

/** Where steps begin: all that `scoreSteps` knows but code, and patterns, which would run on the server. */
const splitSchema = z.union([
  z.enum(['blank-line', 'line', 'step-label', 'step-mark']),
  z.strictObject({separator: z.string().min(1)}),
]);

const isOne = (values: readonly unknown[]) => values.filter(value => value !== undefined).length === 1;

/** What `/v1/score` takes: input and options of `scoreSteps` in one object. */
export const scoreRequestSchema = z
  .strictObject({
    prompt: promptSchema
      .optional()
      .openapi({description: 'a user’s turn, messages, or {raw} text or tokens'}),
    messages: messagesSchema.optional(),
    raw: rawSchema
      .optional()
      .openapi({description: 'text or tokens used as they are, special tokens included'}),
    response: responseSchema.optional(),
    responses: z.array(responseSchema).min(1).optional(),
    steps: z.array(textSchema).min(1).optional(),
    complete: z.boolean().default(true),
    tokens: z.boolean().default(false).openapi({description: 'whether to give the tokens too'}),
    beta: z.number().positive().optional(),
    betaSchedule: z.enum(['constant', 'reciprocal', 'exponential', 'length-normalised']).optional(),
    split: splitSchema.optional(),
    aggregate: z.enum(['min', 'sum', 'mean', 'last', 'product']).optional(),
    scoreBy: z.enum(['reward', 'q']).optional(),
    allowSpecialTokens: z.boolean().optional(),
    rendering: z.enum(['conversation', 'continuation']).optional(),
    // The library says which names are taken.
    templateArguments: z.record(z.string(), z.unknown()).optional(),
    date: renderingShape.date,
  })
  .refine(({prompt, messages, raw}) => isOne([prompt, messages, raw]), {
    message: 'give one of prompt, messages and raw',
  })
  .refine(
    ({response, responses, steps}) =>
      (responses === undefined) !== (response === undefined && steps === undefined),
    {message: 'give either response, or steps, or responses'},
  )
  .openapi('ScoreRequest');

/** A body of `/v1/score` that was found right. */
export type ScoreRequest = z.output<typeof scoreRequestSchema>;

const rangeSchema = z.object({start: z.int(), end: z.int()});

const stepSchema = z.object({
  ...{text: z.string(), start: z.int(), end: z.int(), tokenStart: z.int(), tokenEnd: z.int()},
  ...{logRatio: z.number(), reward: z.number(), q: z.number(), probability: z.number()},
});

const tokensSchema = z.object({
  ...{ids: z.array(z.int()), starts: z.array(z.int())},
  policyLogprobs: z.array(z.number()),
  referenceLogprobs: z.array(z.number()).nullable(),
});

/** A scored response. */
export const scoredSchema = z
  .object({
    response: z.string(),
    steps: z.array(stepSchema),
    reward: z.number(),
    score: z.number(),
    rendering: z.enum(['conversation', 'continuation']),
    unscored: z.array(rangeSchema),
    tokens: tokensSchema.optional(),
  })
  .openapi('ScoredResponse');

const usageSchema = z.object({evaluated: z.int(), reused: z.int()});

/** What `/v1/score` answers: for one response it, for several a list. */
export const scoreAnswerSchema = z.union([
  scoredSchema.extend({usage: usageSchema}),
  z.object({results: z.array(scoredSchema), usage: usageSchema}),
]);

/** A line of what `/v1/score` answers as NDJSON. */
export const scoredLineSchema = scoredSchema.extend({index: z.int(), usage: usageSchema});
