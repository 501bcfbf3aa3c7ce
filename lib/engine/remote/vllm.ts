import {z} from 'zod';
import {RemoteError} from '../../errors/remote-error.js';
import type {LikeliestTokens, TokenSequence} from '../engine.js';
import {shareOut} from './chunks.js';
import {
  type Candidate,
  type ChunkLogprobs,
  type ChunkRequest,
  checkedLogprob,
  likeliestTokens,
  mostProbable,
} from './protocol.js';

const path = '/v1/completions';

const answer = z.object({
  choices: z.array(
    z.object({
      index: z.int().min(0).default(0),
      prompt_logprobs: z.array(z.unknown()).nullish(),
      /** Of what was written behind the prompt. */
      logprobs: z
        .object({top_logprobs: z.array(z.record(z.string(), z.number()).nullish()).nullish()})
        .nullish(),
    }),
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

/** Asks vLLM, which has to write one token behind every sequence. */
export async function askVllm(request: ChunkRequest): Promise<ChunkLogprobs> {
  return askForPrompts(request, 1);
}

/** Asks `implicit-prm serve`, which answers as vLLM does, and looks behind the end of a sequence only if that is wanted. */
export async function askServe(request: ChunkRequest): Promise<ChunkLogprobs> {
  return askForPrompts(request, request.likeliest ? 1 : 0);
}

async function askForPrompts(request: ChunkRequest, written: 0 | 1): Promise<ChunkLogprobs> {
  const {server, model, sequences, likeliest, signal} = request;
  const prompt = sequences.map(({tokens}) => Array.from(tokens));
  const wanted = likeliest
    ? {prompt_logprobs: 1, logprobs: 1, return_tokens_as_token_ids: true}
    : {prompt_logprobs: 0};
  const body = {model, prompt, max_tokens: written, ...wanted, stream: false, ...neutral};
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

  const found: {logprobs: Float32Array; likeliest: LikeliestTokens | undefined}[] = [];
  for (const choice of data.choices) {
    const {index} = choice;
    const sequence = sequences[index];
    if (!sequence || found[index]) {
      throw refuse(`answers twice for a prompt, or for prompt ${index} of ${sequences.length}`);
    }

    found[index] = readChoice(choice, sequence, {likeliest, refuse});
  }

  return {
    logprobs: found.map(({logprobs}) => logprobs),
    likeliest: likeliest ? found.map(one => one.likeliest!) : null,
    evaluated: evaluatedOf(sequences, data.usage),
  };
}

type Choice = z.output<typeof answer>['choices'][number];
type Entry = Record<number, {logprob?: unknown}>;

function readChoice(
  {prompt_logprobs: entries, logprobs: written}: Choice,
  {tokens, from}: TokenSequence,
  {likeliest, refuse}: {likeliest: boolean; refuse: (why: string) => Error},
): {logprobs: Float32Array; likeliest: LikeliestTokens | undefined} {
  if (!entries) {
    throw refuse(
      'gives no log-probabilities of a prompt (prompt_logprobs): it is not vLLM, nor answers as it does',
    );
  }

  if (entries.length !== tokens.length) {
    throw refuse(`gives ${entries.length} log-probabilities for a prompt of ${tokens.length} tokens`);
  }

  const best: Candidate[] = [];
  const logprobs = Float32Array.from({length: tokens.length - from}, (_, offset) => {
    const entry = entries[from + offset] as Entry | null | undefined;
    const own = entry?.[tokens[from + offset]!];
    if (!own) {
      throw refuse('gives log-probabilities of other tokens than it was sent');
    }

    if (likeliest) {
      best.push(bestOfEntry(entry, refuse));
    }

    return checkedLogprob(own.logprob, refuse);
  });
  return {
    logprobs,
    likeliest: likeliest ? likeliestTokens([...best, nextToken(written, refuse)]) : undefined,
  };
}

function bestOfEntry(entry: Entry, refuse: (why: string) => Error): Candidate {
  const candidates = Object.entries(entry).map(([token, {logprob}]) => ({
    token: Number(token),
    logprob: checkedLogprob(logprob, refuse),
  }));
  return mostProbable(candidates)!;
}

/** What comes behind a prompt most probably: vLLM writes a token, and tells the likeliest as `token_id:49`. */
function nextToken(written: Choice['logprobs'], refuse: (why: string) => Error): Candidate {
  const candidates = Object.entries(written?.top_logprobs?.[0] ?? {}).map(([name, logprob]) => ({
    token: Number(/^token_id:(\d+)$/u.exec(name)?.[1]),
    logprob: checkedLogprob(logprob, refuse),
  }));
  const best = mostProbable(candidates);
  if (!best || Number.isNaN(best.token)) {
    throw refuse(
      'does not tell the number of the likeliest next token (logprobs with return_tokens_as_token_ids)',
    );
  }

  return best;
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
