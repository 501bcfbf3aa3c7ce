import test from 'ava';
import {createServer, openPair, type Pair, type PrmServer} from '../../lib/index.js';
import type {Choice} from '../../lib/serve/completions/schema.js';
import {arithmeticPair, exact} from '../helpers/pairs.js';
import {recordedCompletions} from './recorded.js';
import {type Asking, asking} from './serving.js';

interface Completion {
  model: string;
  choices: Choice[];
  usage: Record<string, number> & {prompt_tokens_details: {cached_tokens: number}};
}

let pair: Pair;
let server: PrmServer;
let asked: Asking;
const complete = async (body: object) => asked.post<Completion>('/v1/completions', body);

test.before(async () => {
  pair = await openPair({...arithmeticPair(), ...exact, gpu: false, threads: 1});
  server = createServer(pair);
  asked = asking((await server.listen()).url);
});
test.after.always(async () => {
  await server?.close();
  await pair?.close();
});

const near = (one: number | null, other: number | null) =>
  one === null || other === null ? one === other : Math.abs(one - other) < 2e-4;

/** Tokens of an entry and their log-probabilities, ours among those of vLLM. */
function isAmong(ours: Record<string, number>, theirs: Record<string, number>): boolean {
  return Object.entries(ours).every(([token, logprob]) => near(logprob, theirs[token] ?? null));
}

const logprobsIn = (entry: Record<string, {logprob: number}>) =>
  Object.fromEntries(Object.entries(entry).map(([token, {logprob}]) => [token, logprob]));

for (const {name, request, choices, usage} of recordedCompletions('vllm-completions')) {
  test(`what vLLM answered to ${name} is answered`, async t => {
    const {status, json} = await complete({...request, model: 'policy'});
    t.is(status, 200);
    const [ours, theirs] = [json.choices[0]!, choices[0]!];
    // At another temperature vLLM draws the next token, and with numbers for texts it echoes none.
    if (request.temperature === 0 && !(request.echo && request.return_token_ids)) {
      t.is(ours.text, theirs.text);
    }

    t.deepEqual(ours.logprobs?.tokens, theirs.logprobs?.tokens);
    t.deepEqual(
      ours.logprobs?.text_offset,
      // With numbers for texts vLLM counts their letters.
      request.return_tokens_as_token_ids ? ours.logprobs?.text_offset : theirs.logprobs?.text_offset,
    );
    for (const [index, logprob] of (theirs.logprobs?.token_logprobs ?? []).entries()) {
      t.true(near(ours.logprobs!.token_logprobs[index]!, logprob), `token ${index}`);
      const [entry, other] = [ours.logprobs!.top_logprobs[index], theirs.logprobs!.top_logprobs[index]];
      t.true(entry === null ? other === null : isAmong(entry!, other!), `alternatives ${index}`);
    }

    if (request.prompt_logprobs !== undefined) {
      t.is(ours.prompt_logprobs!.length, theirs.prompt_logprobs!.length);
      for (const [index, entry] of theirs.prompt_logprobs!.entries()) {
        const own = ours.prompt_logprobs![index]!;
        t.true(entry === null ? own === null : isAmong(logprobsIn(own), logprobsIn(entry)), `place ${index}`);
        t.deepEqual(own && Object.keys(own), entry && Object.keys(entry));
      }
    }

    t.deepEqual(ours.prompt_token_ids, theirs.prompt_token_ids);
    t.is(json.usage.prompt_tokens, usage!.prompt_tokens);
  });
}

for (const [number, {name, request, choices}] of recordedCompletions('lm-eval').entries()) {
  test(`request ${number} of ${name} gets the log-likelihoods that vLLM gave it, and whether it is greedy`, async t => {
    const {json} = await complete(request.model === undefined ? request : {...request, model: 'policy'});
    t.is(json.choices.length, choices.length);
    for (const [index, {logprobs: theirs}] of choices.entries()) {
      const {logprobs: ours, index: own} = json.choices[index]!;
      t.is(own, index);
      t.deepEqual(ours!.tokens, theirs!.tokens);
      t.deepEqual(ours!.text_offset, theirs!.text_offset);
      for (const [place, logprob] of theirs!.token_logprobs.entries()) {
        const mine = ours!.token_logprobs[place]!;
        t.true(near(mine, logprob), `token ${place}`);
        // As the client has it: by the equality of numbers.
        const isGreedy = (value: number | null, top: Record<string, number> | null | undefined) =>
          top && value === Math.max(...Object.values(top));
        t.is(
          isGreedy(mine, ours!.top_logprobs[place]),
          isGreedy(logprob, theirs!.top_logprobs[place]),
          `greedy ${place}`,
        );
      }
    }
  });
}

test('prompts of a list are answered in order, and what they share is evaluated once', async t => {
  const start = Array.from(
    '<|im_start|>user\nCompute 17 + 4 * 23',
    character => character.charCodeAt(0) % 128,
  );
  const prompt = [0, 1, 2, 3].map(last => [...start, 48 + last]);
  const {json} = await complete({prompt, max_tokens: 0, prompt_logprobs: 0, model: 'reference'});
  t.is(json.model, 'reference');
  t.deepEqual(
    json.choices.map(({index}) => index),
    [0, 1, 2, 3],
  );
  t.is(json.usage.prompt_tokens, 4 * prompt[0]!.length);
  t.true(json.usage.prompt_tokens_details.cached_tokens >= 3 * (start.length - 1));
  const [one, other] = [json.choices[0]!, json.choices[3]!];
  t.deepEqual(Object.keys(one.prompt_logprobs!.at(-1)!), ['48']);
  t.deepEqual(Object.keys(other.prompt_logprobs!.at(-1)!), ['51']);
});

test('policy and reference are two models', async t => {
  const of = async (model: string) =>
    (await complete({model, prompt: 'Compute 1 + 2', max_tokens: 0, prompt_logprobs: 0})).json.choices[0]!
      .prompt_logprobs![5];
  t.notDeepEqual(await of('policy'), await of('reference'));
});

test('a prompt may be as long as the context', async t => {
  const prompt = Array.from({length: 512}, (_, index) => 65 + (index % 26));
  const {status, json} = await complete({prompt, max_tokens: 1, logprobs: 1, echo: true});
  t.is(status, 200);
  t.is(json.choices[0]!.logprobs!.tokens.length, 513);
  const refusal = await asked.wrong('/v1/completions', {prompt: [prompt, [...prompt, 65]], max_tokens: 0});
  t.is(refusal.code, 'CONTEXT_OVERFLOW');
  t.regex(refusal.message, /^Prompt number 2 has 513 tokens/u);
});

test('a character of several tokens is counted once in the offsets of a text', async t => {
  const {json} = await complete({prompt: 'é1', max_tokens: 0, echo: true, logprobs: 0});
  const {text_offset, tokens} = json.choices[0]!.logprobs!;
  t.deepEqual(text_offset, [0, 0, 1]);
  t.deepEqual(tokens, ['\uFFFD', '\uFFFD', '1']);
});

const wrong: [string, object, number, string | null][] = [
  ['text to be written', {prompt: 'a', max_tokens: 16}, 400, 'max_tokens'],
  ['no word of max_tokens', {prompt: 'a'}, 400, 'max_tokens'],
  ['two answers', {prompt: 'a', max_tokens: 1, n: 2}, 400, 'n'],
  ['a stream', {prompt: 'a', max_tokens: 1, stream: true}, 400, 'stream'],
  ['no prompt', {prompt: [], max_tokens: 0}, 400, 'prompt'],
  ['an empty prompt', {prompt: '', max_tokens: 0}, 400, 'prompt'],
  ['a negative token', {prompt: [1, -2], max_tokens: 0}, 400, 'prompt.1'],
  [
    'a token that there is not',
    {
      prompt: [
        [1, 2],
        [1, 2, 260],
      ],
      max_tokens: 0,
      prompt_logprobs: 0,
    },
    400,
    null,
  ],
  ['more alternatives than there may be', {prompt: 'a', max_tokens: 1, logprobs: 21}, 400, 'logprobs'],
  ['a model that there is not', {model: 'nope', prompt: 'a', max_tokens: 0}, 404, 'model'],
  ['the pair', {model: 'implicit-prm', prompt: 'a', max_tokens: 0}, 400, 'model'],
];
for (const [what, body, status, param] of wrong) {
  test(`a request for ${what} is refused`, async t => {
    const refusal = await asked.wrong('/v1/completions', body);
    t.is(refusal.status, status);
    t.is(refusal.param, param);
    t.regex(refusal.message, /\w/u);
  });
}
