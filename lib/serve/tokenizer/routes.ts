import {z} from '@hono/zod-openapi';
import {textSchema} from '../../score/score-schema.js';
import {getRoute, postRoute} from '../http/json-route.js';
import type {App} from '../http/serve-env.js';
import type {Served} from '../served.js';
import {byteLevelText} from './byte-level.js';
import {type TextTokens, tokensOfText} from './text-tokens.js';
import {tokenizerInfo, tokenizerInfoSchema} from './tokenizer-info.js';

const tokenize = postRoute({
  path: '/tokenize',
  tag: 'Tokens',
  summary: 'The tokens of a text, in which special tokens are taken as such, or of messages.',
  request: z
    .object({
      prompt: textSchema.optional(),
      messages: z
        .array(z.object({role: z.string().min(1), content: textSchema}))
        .min(1)
        .optional(),
      add_special_tokens: z.boolean().optional(),
      add_generation_prompt: z.boolean().default(true),
      return_token_strs: z.boolean().nullish(),
      chat_template_kwargs: z.record(z.string(), z.unknown()).nullish(),
    })
    .refine(({prompt, messages}) => (prompt === undefined) !== (messages === undefined), {
      message: 'give either prompt, one text, or messages',
    }),
  response: z.object({
    count: z.int(),
    max_model_len: z.int(),
    tokens: z.array(z.int()),
    token_strs: z.array(z.string()).nullable(),
  }),
});

const detokenize = postRoute({
  path: '/detokenize',
  tag: 'Tokens',
  summary: 'The text of tokens.',
  request: z.object({tokens: z.array(z.int32().min(0))}),
  response: z.object({prompt: z.string()}),
});

const info = getRoute({
  path: '/tokenizer_info',
  tag: 'Tokens',
  summary: 'The special tokens and the chat template, by the names of Hugging Face.',
  response: tokenizerInfoSchema,
});

/** Adds `/tokenize`, `/detokenize` and `/tokenizer_info`, as vLLM has them. */
export function addTokenizerRoutes(app: App, served: Served): void {
  app.openapi(tokenize, async c => {
    const {prompt, messages, ...options} = c.req.valid('json');
    const {pair} = served;
    const signal = c.get('signal');
    const made = messages
      ? await pair.tokeniser.tokeniseMessages(messages, {
          generationPrompt: options.add_generation_prompt,
          templateArguments: options.chat_template_kwargs ?? undefined,
          signal,
        })
      : // The schema has seen to it that there is a prompt.
        await tokensOfText(pair, prompt!, options.add_special_tokens ?? true, signal);
    return c.json(
      {
        count: made.tokens.length,
        max_model_len: pair.info.contextSize,
        tokens: Array.from(made.tokens),
        token_strs: options.return_token_strs ? stringsOf(made) : null,
      },
      200,
    );
  });
  app.openapi(detokenize, async c => {
    const {tokens} = c.req.valid('json');
    return c.json({prompt: await served.pair.tokeniser.detokenise(Int32Array.from(tokens))}, 200);
  });
  app.openapi(info, c => c.json(tokenizerInfo(served.pair), 200));
}

/** A string for each token, in the characters of byte-level vocabularies: together they have the bytes of the text. */
function stringsOf({text, starts}: TextTokens): string[] {
  const bytes = Buffer.from(text);
  return Array.from(starts, (start, index) => byteLevelText(bytes.subarray(start, starts[index + 1])));
}
