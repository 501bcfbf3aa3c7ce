import {z} from 'zod';
import type {LikeliestTokens, TokenSequence} from '../engine.js';
import {
  type ChunkLogprobs,
  type ChunkRequest,
  checkedLogprob,
  likeliestTokens,
  mostProbable,
} from './protocol.js';

const path = '/generate';

/** A log-probability, the token it is of, and its text or null. */
const triple = z.tuple([z.unknown(), z.int()]).rest(z.unknown());

const answer = z.array(
  z.object({
    meta_info: z.object({
      prompt_tokens: z.number(),
      cached_tokens: z.number().nullish(),
      input_token_logprobs: z.array(triple),
      input_top_logprobs: z.array(z.array(triple).nullable()).nullish(),
      output_top_logprobs: z.array(z.array(triple).nullable()).nullish(),
    }),
  }),
);

/**
 * Asks SGLang, by its own route. What it remembers of a prompt it makes use of up to the position that log-probabilities
 * are wanted from, so that responses to one prompt share it.
 */
export async function askSglang(request: ChunkRequest): Promise<ChunkLogprobs> {
  const {server, model, isAdapter, sequences, likeliest, signal} = request;
  const body = {
    input_ids: sequences.map(({tokens}) => Array.from(tokens)),
    // The token behind the end is likeliest among what is written there.
    sampling_params: {max_new_tokens: likeliest ? 1 : 0, temperature: 1},
    return_logprob: true,
    ...(likeliest ? {top_logprobs_num: 1} : {}),
    // The first that comes has none, as nothing is looked at before it.
    logprob_start_len: sequences.map(({from}) => from - 1),
    ...(isAdapter ? {lora_path: sequences.map(() => model)} : {}),
  };
  const said = await server.json(path, {body, signal});
  const refuse = (why: string) => server.failure(`the server ${why}`, server.url + path);
  const {success, data} = answer.safeParse(said);
  if (!success || data.length !== sequences.length) {
    throw server.failure(
      `the server does not answer with log-probabilities of each of ${sequences.length} inputs`,
      server.url + path,
      {body: JSON.stringify(said)},
    );
  }

  const metas = data.map(({meta_info: meta}) => meta);
  return {
    logprobs: metas.map((meta, index) => readTriples(meta, sequences[index]!, refuse)),
    likeliest: likeliest ? metas.map((meta, index) => readLikeliest(meta, sequences[index]!, refuse)) : null,
    evaluated: metas.map(({cached_tokens: cached}, index) => {
      const needed = sequences[index]!.tokens.length - 1;
      return Math.min(Math.max(needed - (cached ?? 0), 0), needed);
    }),
  };
}

type Meta = z.output<typeof answer>[number]['meta_info'];

function readTriples(
  {prompt_tokens: length, input_token_logprobs: triples}: Meta,
  {tokens, from}: TokenSequence,
  refuse: (why: string) => Error,
): Float32Array {
  if (length !== tokens.length || triples.length !== tokens.length - from + 1) {
    throw refuse(
      `scored ${triples.length - 1} tokens of a prompt of ${length}, though it was sent ${tokens.length} to be scored ` +
        `from ${from} on: start it without --allow-auto-truncate`,
    );
  }

  return Float32Array.from({length: tokens.length - from}, (_, offset) => {
    const [logprob, token] = triples[offset + 1]!;
    if (token !== tokens[from + offset]) {
      throw refuse('gives log-probabilities of other tokens than it was sent');
    }

    return checkedLogprob(logprob, refuse);
  });
}

function readLikeliest(
  {input_top_logprobs: inputs, output_top_logprobs: outputs}: Meta,
  {tokens, from}: TokenSequence,
  refuse: (why: string) => Error,
): LikeliestTokens {
  // As of the tokens themselves, the first position has none.
  const all = [...(inputs?.slice(1) ?? []), ...(outputs?.slice(0, 1) ?? [])];
  if (all.length !== tokens.length - from + 1) {
    throw refuse('does not tell the likeliest token of every position (top_logprobs_num)');
  }

  return likeliestTokens(
    all.map(triples => {
      const best = mostProbable(
        (triples ?? []).map(([logprob, token]) => ({token, logprob: checkedLogprob(logprob, refuse)})),
      );
      if (!best) {
        throw refuse('does not tell the likeliest token of every position (top_logprobs_num)');
      }

      return best;
    }),
  );
}
