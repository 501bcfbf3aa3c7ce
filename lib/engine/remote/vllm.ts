import {z} from 'zod';
import {RemoteError} from '../../errors/remote-error.js';
import type {TokenSequence} from '../engine.js';
import {shareOut} from './chunks.js';
import {type ChunkLogprobs, type ChunkRequest, checkedLogprob} from './protocol.js';

const path = '/v1/completions';

const answer = z.object({
  choices: z.array(
    z.object({index: z.int().min(0).default(0), prompt_logprobs: z.array(z.unknown()).nullish()}),
  ),
  usage: z
    .object({
      prompt_tokens: z.number(),
      prompt_tokens_details: z.object({cached_tokens: z.number().nullish()}).nullish(),
    })
    .nullish(),
});

/** What any server might do to log-probabilities, told not to. */
const neutral = {
  temperature: 1,
  top_p: 1,
  top_k: 0,
  min_p: 0,
  repetition_penalty: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
};

/** Asks vLLM, or a server that answers as it does. One token has to be written for every sequence. */
export async function askVllm(request: ChunkRequest): Promise<ChunkLogprobs> {
  const {server, model, sequences, signal} = request;
  const prompt = sequences.map(({tokens}) => Array.from(tokens));
  const body = {model, prompt, max_tokens: 1, prompt_logprobs: 0, stream: false, ...neutral};
  const said = await server.json(path, {body, signal}).catch((error: unknown) => {
    throw explained(error);
  });
  const refuse = (why: string) => server.failure(`the server ${why}`, server.url + path);
  const {success, data} = answer.safeParse(said);
  if (!success || data.choices.length !== sequences.length) {
    throw server.failure(
      `the server does not answer with a completion of each of ${sequences.length} prompts`,
      server.url + path,
      {body: JSON.stringify(said)},
    );
  }

  const logprobs: Float32Array[] = [];
  for (const {index, prompt_logprobs: entries} of data.choices) {
    const sequence = sequences[index];
    if (!sequence || logprobs[index]) {
      throw refuse(`answers twice for a prompt, or for prompt ${index} of ${sequences.length}`);
    }

    logprobs[index] = readEntries(entries, sequence, refuse);
  }

  return {logprobs, evaluated: evaluatedOf(sequences, data.usage)};
}

function readEntries(
  entries: readonly unknown[] | null | undefined,
  {tokens, from}: TokenSequence,
  refuse: (why: string) => Error,
): Float32Array {
  if (!entries) {
    throw refuse(
      'gives no log-probabilities of a prompt (prompt_logprobs): it is not vLLM, nor answers as it does',
    );
  }

  if (entries.length !== tokens.length) {
    throw refuse(`gives ${entries.length} log-probabilities for a prompt of ${tokens.length} tokens`);
  }

  return Float32Array.from({length: tokens.length - from}, (_, offset) => {
    const entry = entries[from + offset] as Record<number, {logprob?: unknown}> | null | undefined;
    const own = entry?.[tokens[from + offset]!];
    if (!own) {
      throw refuse('gives log-probabilities of other tokens than it was sent');
    }

    return checkedLogprob(own.logprob, refuse);
  });
}

/** Only the sum of the request is told. */
function evaluatedOf(sequences: readonly TokenSequence[], usage: z.output<typeof answer>['usage']): number[] {
  const needed = sequences.map(({tokens}) => tokens.length - 1);
  const total = needed.reduce((sum, count) => sum + count, 0);
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  return shareOut(Math.min(Math.max(total - cached, 0), total), needed);
}

/** The engine of a vLLM that is gone says so, but not why: mostly an adapter for the output layer. */
function explained(error: unknown): unknown {
  if (!(error instanceof RemoteError && error.status === 500 && /EngineCore/u.test(error.body ?? ''))) {
    return error;
  }

  const {url, status, body} = error;
  return new RemoteError(
    `${error.message}. Log-probabilities of a prompt end vLLM’s engine where it was started with --enable-lora and ` +
      'adapters may reach the output layer: start it again with --lora-target-modules q_proj k_proj v_proj o_proj ' +
      'gate_proj up_proj down_proj, and see docs/remote.md.',
    {url, status, body, cause: error},
  );
}
