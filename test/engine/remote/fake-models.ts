import type {ServerResponse} from 'node:http';
import {setTimeout} from 'node:timers/promises';
import {openVocabulary} from '../../../lib/engine/native/open-vocabulary.js';
import {type ModelLogprobs, openPair, type Pair} from '../../../lib/index.js';
import {arithmeticPair, exact, loraFile} from '../../helpers/pairs.js';
import {type FakeRequest, type FakeRoute, type FakeServer, sendJson, serveFake} from './fake-server.js';

/** The names of the models at fake servers: a base and its adapter, as vLLM lists them. */
export const names = {policy: 'arithmetic-lora', reference: 'arithmetic-base'};

/** What a fake server is. */
export interface FakeModelsOptions {
  kind?: 'vllm' | 'sglang' | 'implicit-prm';
  /** The key that it wants to see. */
  apiKey?: string;
  /** Milliseconds that every scoring takes longer. */
  delay?: number;
  /** Whether it applies the adapter to the base where both are asked for at once. */
  mixesUp?: boolean;
  /** Answers in place of the server. */
  override?: FakeRoute;
  /** Models to list in place of the two. */
  models?: unknown[];
}

/** A fake server of the golden adapter pair, and the most that was asked of it at once. */
export interface FakeModels extends FakeServer {
  /** The models at once in flight, most of them since it was last set to 0, and requests. */
  most: {models: number; requests: number};
  policy: {url: string; model: string};
  reference: {url: string; model: string};
}

/** Serves the golden adapter pair as vLLM or SGLang do, with the numbers of this machine's own engine. */
export async function serveModels(options: FakeModelsOptions = {}): Promise<FakeModels> {
  const {kind = 'vllm', delay = 0, mixesUp = false, apiKey, override} = options;
  const {reference} = arithmeticPair();
  const pair = await openPair({
    ...{policy: reference, reference, lora: loraFile, gpu: false, threads: 1, cacheSize: 0},
    ...exact,
  });
  const vocabulary = await openVocabulary(reference);
  const running = new Map<string, number>();
  const most = {models: 0, requests: 0};

  const score = async (model: string, prompts: number[][], from: (index: number) => number) => {
    running.set(model, (running.get(model) ?? 0) + 1);
    const counts = [...running.values()];
    most.models = Math.max(most.models, counts.filter(count => count > 0).length);
    most.requests = Math.max(
      most.requests,
      counts.reduce((sum, count) => sum + count, 0),
    );
    try {
      // Long enough for others to come in beside it.
      await setTimeout(Math.max(delay, mixesUp ? 50 : 0));
      const isMixed = mixesUp && [...running.values()].filter(count => count > 0).length > 1;
      return await logprobsOf(pair, isMixed ? names.policy : model, prompts, from);
    } finally {
      running.set(model, running.get(model)! - 1);
    }
  };

  const tokenise = async ({body}: FakeRequest, response: ServerResponse) => {
    // Special tokens in a text are always taken for such.
    const {tokens} = await vocabulary.tokenise(body.prompt, true);
    sendJson(response, 200, {
      ...{count: tokens.length, max_model_len: 512, tokens: Array.from(tokens)},
      token_strs: Array.from(tokens, token => tokenString(token)),
    });
  };

  const routes: Record<string, (request: FakeRequest, response: ServerResponse) => Promise<void> | void> = {
    '/v1/models': (_, response) =>
      sendJson(response, 200, {object: 'list', data: options.models ?? models(kind)}),
    '/tokenize': tokenise,
    '/detokenize': async ({body}, response) =>
      sendJson(response, 200, {prompt: await vocabulary.detokenise(Int32Array.from(body.tokens))}),
    ...(kind === 'sglang'
      ? {'/generate': async ({body}, response) => sendJson(response, 200, await generate(body, score))}
      : {
          '/v1/completions': async ({body}, response) => sendJson(response, 200, await complete(body, score)),
        }),
  };
  const server = await serveFake(async (request, response) => {
    if (
      apiKey !== undefined &&
      request.path.startsWith('/v1/') &&
      request.authorization !== `Bearer ${apiKey}`
    ) {
      sendJson(response, 401, {error: 'Unauthorized'});
      return;
    }

    const route = routes[request.path];
    await (route ? route(request, response) : sendJson(response, 404, {detail: 'Not Found'}));
  }, override);
  const {close, url} = server;
  return Object.assign(server, {
    most,
    policy: {url, model: names.policy},
    reference: {url, model: names.reference},
    close: async () => {
      await close();
      await pair.close();
    },
  });
}

type Score = (model: string, prompts: number[][], from: (index: number) => number) => Promise<ModelLogprobs>;

async function logprobsOf(
  pair: Pair,
  model: string,
  prompts: number[][],
  from: (index: number) => number,
): Promise<ModelLogprobs> {
  const sequences = prompts.map((tokens, index) => ({tokens: Int32Array.from(tokens), from: from(index)}));
  const name = model === names.policy ? 'policy' : 'reference';
  return pair.engine.modelLogprobs(name, sequences, {likeliest: true});
}

/** As vLLM completes prompts that are to be scored. */
async function complete(
  body: {model: string; prompt: number[][]; prompt_logprobs: number},
  score: Score,
): Promise<unknown> {
  const {model, prompt, prompt_logprobs: wanted} = body;
  const {logprobs, likeliest} = await score(model, prompt, () => 1);
  const entry = (token: number, logprob: number) => ({
    [token]: {logprob, rank: 1, decoded_token: tokenString(token)},
  });
  const choices = prompt.map((tokens, index) => {
    const best = likeliest![index]!;
    const next = {[`token_id:${best.tokens.at(-1)}`]: best.logprobs.at(-1)};
    return {
      ...{index, text: '4', finish_reason: 'length'},
      logprobs: wanted > 0 ? {top_logprobs: [next]} : null,
      prompt_logprobs: tokens.map((token, position) =>
        position === 0
          ? null
          : {
              ...(wanted > 0 ? entry(best.tokens[position - 1]!, best.logprobs[position - 1]!) : {}),
              ...entry(token, logprobs[index]![position - 1]!),
            },
      ),
    };
  });
  const tokens = prompt.reduce((sum, {length}) => sum + length, 0);
  // In another order than they were asked for.
  return {
    choices: choices.reverse(),
    usage: {prompt_tokens: tokens, total_tokens: tokens + 1, completion_tokens: 1},
  };
}

/** As SGLang does. */
async function generate(
  body: {
    input_ids: number[][];
    logprob_start_len: number[];
    lora_path?: string[];
    top_logprobs_num?: number;
  },
  score: Score,
): Promise<unknown> {
  const {input_ids: inputs, logprob_start_len: starts, lora_path: adapters, top_logprobs_num: wanted} = body;
  const all = await score(adapters?.[0] ?? names.reference, inputs, index => Math.max(starts[index]!, 0) + 1);
  return inputs.map((tokens, index) => {
    const {tokens: best, logprobs} = all.likeliest![index]!;
    const top = Array.from(best, (token, place) => [[logprobs[place], token, null]]);
    return {
      text: '',
      meta_info: {
        ...{prompt_tokens: tokens.length, cached_tokens: starts[index]},
        input_token_logprobs: tokens
          .slice(starts[index])
          .map((token, place) => [place === 0 ? null : all.logprobs[index]![place - 1], token, null]),
        output_token_logprobs: [],
        ...(wanted
          ? {input_top_logprobs: [null, ...top.slice(0, -1)], output_top_logprobs: top.slice(-1)}
          : {}),
      },
    };
  });
}

function models(kind: string): unknown[] {
  const common = {object: 'model', created: 1795603150, owned_by: kind};
  return [
    {...common, id: names.reference, root: 'hf/reference', parent: null, max_model_len: 512},
    {...common, id: names.policy, root: 'hf/lora', parent: names.reference, max_model_len: null},
  ];
}

const special = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<|unused|>'];

/** What the vocabulary has for a token: GPT-2's character for a byte, or a special token's text. */
function tokenString(token: number): string {
  if (token >= 256) {
    return special[token - 256]!;
  }

  const prints = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const before = Array.from({length: token}, (_, byte) => byte).filter(byte => !prints(byte)).length;
  return String.fromCodePoint(prints(token) ? token : 256 + before);
}

/** As vLLM tells of its tokenizer where it is told to. */
export const tokenizerInfo: FakeRoute = async (request, response, next) => {
  if (request.path !== '/tokenizer_info') {
    await next();
    return;
  }

  sendJson(response, 200, {
    ...{bos_token: '<|endoftext|>', eos_token: '<|im_end|>', pad_token: '<|endoftext|>'},
    chat_template:
      "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    added_tokens_decoder: Object.fromEntries(special.map((text, index) => [256 + index, text])),
  });
};
