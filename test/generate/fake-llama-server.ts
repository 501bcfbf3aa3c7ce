import type {ServerResponse} from 'node:http';
import {recorded} from '../engine/remote/recorded.js';
import {type CompletionStub, sendJson, serveCompletions} from './completion-stub.js';

/** What such a server does. */
export interface FakeLlamaOptions {
  /** The port to listen on; a free one if left out. */
  port?: number;
  /** It dies in the middle of the completion with this number, from 1 on; never if left out. */
  diesAt?: number;
}

/** The name that the recorded server lists. */
export const fakeLlamaModel = './models/arithmetic/policy.gguf';

/**
 * Stands in for llama-server: lists its model, puts messages through a template, and streams a token for each byte with
 * the timings that go with it. What it writes goes on from the prompt's end and depends on the seed alone.
 */
export async function fakeLlamaServer({port, diesAt}: FakeLlamaOptions = {}): Promise<CompletionStub> {
  let asked = 0;
  const stub: CompletionStub = await serveCompletions(
    'llamacpp',
    {
      '/v1/models': (_, response) => sendJson(response, 200, recorded('llamacpp-models').body),
      '/apply-template': ({messages}, response) => {
        const [{content}] = messages as [{content: string}];
        sendJson(response, 200, {
          prompt: `<|im_start|>user\n${content}<|im_end|>\n<|im_start|>assistant\n`,
        });
      },
      '/v1/completions': ({prompt, seed, max_tokens: most}, response) => {
        asked++;
        const text = rest(String(prompt), Number(seed)).slice(0, Number(most));
        if (asked === diesAt) {
          writeTokens(response, text.slice(0, 3));
          setImmediate(() => void stub.close());
        } else {
          const ended = text.length < Number(most);
          writeTokens(response, text);
          writeEnd(response, text.length + (ended ? 1 : 0), ended ? 'stop' : 'length');
        }
      },
    },
    port,
  );
  return stub;
}

/** What such a model writes behind a prompt. */
function rest(prompt: string, seed: number): string {
  const written = prompt.split('<|im_start|>assistant\n').at(-1)!;
  const answer = `Answer: ${seed % 7}`;
  return written.includes('\n\n') ? answer : `Step 1: so it is ${seed % 5}\n\n${answer}`;
}

function writeTokens(response: ServerResponse, text: string): void {
  response.writeHead(200, {'content-type': 'text/event-stream'});
  for (const [index, byte] of [...text].entries()) {
    write(response, {
      choices: [{text: byte, index: 0, logprobs: null, finish_reason: null}],
      timings: {cache_n: 0, prompt_n: 9, predicted_n: index + 1},
    });
  }
}

function writeEnd(response: ServerResponse, tokens: number, reason: string): void {
  write(response, {
    choices: [{text: '', index: 0, logprobs: null, finish_reason: reason}],
    usage: {completion_tokens: tokens, prompt_tokens: 9, prompt_tokens_details: {cached_tokens: 0}},
    timings: {cache_n: 0, prompt_n: 9, predicted_n: tokens},
  });
  response.end('data: [DONE]\n\n');
}

function write(response: ServerResponse, event: unknown): void {
  response.write(`data: ${JSON.stringify(event)}\n\n`);
}
