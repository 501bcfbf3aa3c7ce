import {z} from '@hono/zod-openapi';
import type {Pair} from '../../pair/pair.js';

/** What `/tokenizer_info` answers. */
export const tokenizerInfoSchema = z.object({
  tokenizer_class: z.string(),
  bos_token: z.string().nullable(),
  eos_token: z.string().nullable(),
  chat_template: z.string().nullable(),
  model_max_length: z.int(),
  added_tokens_decoder: z.record(z.string(), z.string()),
});

/** What is known of the policy's tokenizer, by the names that Hugging Face's configuration has for it. */
export function tokenizerInfo({info, tokeniser}: Pair): z.output<typeof tokenizerInfoSchema> {
  const {beginOfText, endOfText, endOfTurn, specialTokens, chatTemplate} = tokeniser.inner.vocabulary;
  const textOf = (token: number) => tokeniser.specialToken(token)?.text ?? null;
  return {
    tokenizer_class: info.policy.metadata['tokenizer.ggml.model'] ?? '',
    bos_token: textOf(beginOfText),
    eos_token: textOf(endOfText) ?? textOf(endOfTurn),
    chat_template: chatTemplate,
    model_max_length: info.contextSize,
    added_tokens_decoder: Object.fromEntries(specialTokens.map(({token, text}) => [String(token), text])),
  };
}
