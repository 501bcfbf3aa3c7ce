import {randomUUID} from 'node:crypto';
import {z} from '@hono/zod-openapi';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {textSchema} from '../../score/score-schema.js';
import {postRoute} from '../http/json-route.js';
import type {App} from '../http/serve-env.js';
import type {Served} from '../served.js';
import {pairModel} from '../status/models.js';
import {type Judged, type Judgement, judge} from './judge.js';
import {markedSteps} from './marked-steps.js';
import {judgeTemplated} from './templated.js';
import {probabilityOf, rewardOf} from './values.js';

const inputSchema = z
  .union([textSchema, z.array(textSchema).min(1)], {error: 'expected a text or a list of texts'})
  .openapi({description: 'conversations that the chat template wrote'});

const usageSchema = z.object({prompt_tokens: z.int(), total_tokens: z.int(), completion_tokens: z.int()});

const listSchema = <Data extends z.ZodType>(data: Data) =>
  z.object({
    ...{id: z.string(), object: z.literal('list'), created: z.int(), model: z.string()},
    ...{data: z.array(data), usage: usageSchema},
  });

const classify = postRoute({
  path: '/classify',
  tag: 'Rewards',
  summary:
    'veRL’s reward models on vLLM: one number a conversation, the reward where use_activation is false.',
  request: z.object({
    input: inputSchema,
    use_activation: z.boolean().nullish().openapi({description: 'false: the reward; else the probability'}),
  }),
  response: listSchema(
    z.object({
      ...{index: z.int(), label: z.null(), probs: z.array(z.number()), num_classes: z.literal(1)},
    }),
  ),
});

const messageSchema = z.object({role: z.string().min(1), content: textSchema});

const pooling = postRoute({
  path: '/pooling',
  tag: 'Rewards',
  summary:
    'vLLM’s process reward models: a row [1 − p, p] a step. Steps end at <extra_0> where there is one.',
  request: z
    .object({input: inputSchema.optional(), messages: z.array(messageSchema).min(2).optional()})
    .refine(({input, messages}) => (input === undefined) !== (messages === undefined), {
      message: 'give either input or messages',
    }),
  response: listSchema(
    z.object({
      ...{index: z.int(), object: z.literal('pooling')},
      data: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
});

const embeddings = postRoute({
  path: '/v1/embeddings',
  tag: 'Rewards',
  summary: 'veRL’s reward models on SGLang: an embedding of one number, the reward.',
  request: z.object({input: inputSchema, encoding_format: z.enum(['float', 'base64']).nullish()}),
  response: z.object({
    ...{object: z.literal('list'), model: z.string()},
    data: z.array(
      z.object({
        ...{object: z.literal('embedding'), index: z.int()},
        embedding: z.union([z.array(z.number()), z.string()]),
      }),
    ),
    usage: usageSchema,
  }),
});

/** Adds the routes that servers of other reward models have: `/classify`, `/pooling`, `/v1/embeddings`. */
export function addModelRoutes(app: App, served: Served): void {
  const {reward} = served.options;
  app.openapi(classify, async c => {
    const {input, use_activation: useActivation} = c.req.valid('json');
    const judged = await judgeTexts(served, input, c.get('signal'));
    const data = judged.map((one, index) => ({
      ...{index, label: null, num_classes: 1 as const},
      probs: [useActivation === false ? rewardOf(one, reward) : probabilityOf(one)],
    }));
    return c.json({...listOf('classify', judged), data}, 200);
  });
  app.openapi(pooling, async c => {
    const {input, messages} = c.req.valid('json');
    const signal = c.get('signal');
    const judged = messages
      ? await judge(served, [conversation(messages)], signal)
      : // The schema has seen to it that there is one.
        await judgeTexts(served, input!, signal);
    const data = judged.map(({steps}, index) => ({
      ...{index, object: 'pooling' as const},
      data: steps.map(({probability}): [number, number] => [1 - probability, probability]),
    }));
    return c.json({...listOf('pool', judged), data}, 200);
  });
  app.openapi(embeddings, async c => {
    const {input, encoding_format: format} = c.req.valid('json');
    const judged = await judgeTexts(served, input, c.get('signal'));
    const data = judged.map((one, index) => {
      const embedding = [rewardOf(one, reward)];
      return {
        ...{object: 'embedding' as const, index},
        embedding: format === 'base64' ? base64(embedding) : embedding,
      };
    });
    return c.json({object: 'list' as const, model: pairModel, data, usage: usageOf(judged)}, 200);
  });
}

async function judgeTexts(
  served: Served,
  input: string | readonly string[],
  signal: AbortSignal,
): Promise<Judgement[]> {
  const texts = typeof input === 'string' ? [input] : input;
  return judgeTemplated(
    served,
    texts.map(text => ({text})),
    signal,
    markedSteps,
  );
}

/** Messages of which the last is the answer to judge. What they say is data. */
function conversation(messages: readonly {role: string; content: string}[]): Judged {
  const {role, content} = messages.at(-1)!;
  if (role !== 'assistant') {
    throw new InvalidInputError(
      `The last of messages has to be the assistant's, which is judged, not the ${role}'s.`,
    );
  }

  return {
    ...{prompt: messages.slice(0, -1), response: content, steps: markedSteps(content)},
    ...{complete: true, allowSpecialTokens: false},
  };
}

function listOf(name: string, judged: readonly Judgement[]) {
  return {
    ...{id: `${name}-${randomUUID()}`, object: 'list' as const, created: Math.floor(Date.now() / 1000)},
    ...{model: pairModel, usage: usageOf(judged)},
  };
}

function usageOf(judged: readonly Judgement[]): z.output<typeof usageSchema> {
  const tokens = judged.reduce((sum, {tokenCount}) => sum + tokenCount, 0);
  return {prompt_tokens: tokens, total_tokens: tokens, completion_tokens: 0};
}

/** As older clients of OpenAI want it: the bytes of 32-bit floats. */
function base64(embedding: readonly number[]): string {
  return Buffer.from(Float32Array.from(embedding).buffer).toString('base64');
}
