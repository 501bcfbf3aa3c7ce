import {createParser} from 'eventsource-parser';
import {z} from 'zod';
import type {GenerationUsage} from '../text-generator.js';

const choice = z.object({
  index: z.int().min(0).default(0),
  text: z.string().default(''),
  finish_reason: z.string().nullish(),
  /** vLLM: the stop text or token; null for an end of turn. */
  stop_reason: z.union([z.string(), z.number()]).nullish(),
  /** The same at SGLang, where an end of turn is its token. */
  matched_stop: z.union([z.string(), z.number()]).nullish(),
  /** vLLM, if asked for: the tokens of this text. */
  token_ids: z.array(z.number()).nullish(),
});

const usage = z.object({
  prompt_tokens: z.number().default(0),
  completion_tokens: z.number().nullish(),
  prompt_tokens_details: z.object({cached_tokens: z.number().nullish()}).nullish(),
});

/** llama-server tells with every token what came before. */
const timings = z.object({prompt_n: z.number(), predicted_n: z.number()});

const event = z.object({
  choices: z.array(choice).default([]),
  usage: usage.nullish(),
  timings: timings.nullish(),
  error: z.union([z.string(), z.object({message: z.string()})]).nullish(),
});

export type CompletionChoice = z.output<typeof choice>;
export type CompletionEvent = z.output<typeof event>;

/**
 * The events of a completion that a server streams.
 *
 * @throws an error for an event that is none of a completion, or if the stream ends before its end
 */
export async function* completionEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<CompletionEvent> {
  const decoder = new TextDecoder();
  const messages: string[] = [];
  const parser = createParser({onEvent: ({data}) => messages.push(data)});
  for await (const bytes of body) {
    parser.feed(decoder.decode(bytes, {stream: true}));
    for (const message of messages.splice(0)) {
      if (message === '[DONE]') {
        return;
      }

      yield event.parse(JSON.parse(message));
    }
  }

  throw new Error('the connection ended in the middle of the answer');
}

/** The tokens that an event tells of, if it does. */
export function usageOf({usage, timings}: CompletionEvent): GenerationUsage | undefined {
  if (usage) {
    const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
    return {evaluated: usage.prompt_tokens - cached, generated: usage.completion_tokens ?? 0};
  }

  return timings ? {evaluated: timings.prompt_n, generated: timings.predicted_n} : undefined;
}
