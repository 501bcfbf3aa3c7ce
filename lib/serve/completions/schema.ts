import {z} from '@hono/zod-openapi';
import {textSchema} from '../../score/score-schema.js';

const idsSchema = z.array(z.int32().min(0)).min(1, 'expected a token at least');

const promptSchema = z.union(
  [
    textSchema.min(1, 'expected a text with something in it'),
    z.array(idsSchema).min(1, 'expected a prompt at least'),
    idsSchema,
    z.array(textSchema.min(1, 'expected a text with something in it')).min(1, 'expected a prompt at least'),
  ],
  {error: 'expected a text, token numbers, or a list of one of these'},
);

const onlyScores = 'this server scores: it writes no text but the one most probable token';

/** How many alternatives clients may ask for; one is given. */
const alternatives = z.int().min(0).max(20);

/** What `/v1/completions` takes. Whatever else clients send, such as `temperature`, changes nothing. */
export const completionRequestSchema = z
  .object({
    model: z.string().nullish(),
    prompt: promptSchema,
    max_tokens: z
      .int({error: `expected 0 or 1: ${onlyScores}`})
      .min(0)
      .max(1, `expected 0 or 1: ${onlyScores}`),
    echo: z.boolean().nullish(),
    logprobs: alternatives.nullish(),
    prompt_logprobs: alternatives.nullish(),
    add_special_tokens: z.boolean().default(true),
    return_token_ids: z.boolean().nullish(),
    return_tokens_as_token_ids: z.boolean().nullish(),
    n: z.literal(1, `expected 1: ${onlyScores}`).nullish(),
    stream: z.literal(false, `expected false: ${onlyScores}`).nullish(),
  })
  .openapi('CompletionRequest');

/** A body of `/v1/completions` that was found right. */
export type CompletionRequest = z.output<typeof completionRequestSchema>;

const tokenLogprobSchema = z.object({
  logprob: z.number(),
  rank: z
    .int()
    .nullable()
    .openapi({description: '1 for the most probable token; null for others, or if not asked for'}),
  decoded_token: z.string(),
});

const logprobsSchema = z.object({
  text_offset: z.array(z.int()),
  token_logprobs: z.array(z.number().nullable()),
  tokens: z.array(z.string()),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()),
});

/** What is told of one prompt. */
export const choiceSchema = z.object({
  index: z.int(),
  text: z.string(),
  logprobs: logprobsSchema.nullable(),
  finish_reason: z.literal('length'),
  stop_reason: z.null(),
  token_ids: z.array(z.int()).nullable(),
  prompt_logprobs: z.array(z.record(z.string(), tokenLogprobSchema).nullable()).nullable(),
  prompt_token_ids: z.array(z.int()).nullable(),
});

/** What is told of one prompt. */
export type Choice = z.output<typeof choiceSchema>;

/** What `/v1/completions` answers. */
export const completionAnswerSchema = z.object({
  id: z.string(),
  object: z.literal('text_completion'),
  created: z.int(),
  model: z.string(),
  choices: z.array(choiceSchema),
  usage: z.object({
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    total_tokens: z.int(),
    prompt_tokens_details: z.object({cached_tokens: z.int()}),
  }),
});
