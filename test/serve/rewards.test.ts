import test from 'ava';
import {createServer, type Pair, type PrmServer, type ScoredResponse, scoreSteps} from '../../lib/index.js';
import {recordedRewards} from './recorded.js';
import {type Asking, asking, openBundled, serving} from './serving.js';

const question = 'Compute 1 + 2';
const answer = 'Step 1: 1 + 2 = 3, so 3\n\nAnswer: 3';
const prompt = `<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\n`;
const query = `${prompt}${answer}<|im_end|>`;
let pair: Pair;
let server: PrmServer;
let asked: Asking;
let scored: ScoredResponse;

test.before(async () => {
  pair = await openBundled();
  server = createServer(pair);
  asked = asking((await server.listen()).url);
  scored = await scoreSteps(pair, {prompt: question, response: answer});
});
test.after.always(async () => {
  await server?.close();
  await pair?.close();
});

/** Numbers are evaluated in other company each time, so that their last digits differ. */
const near = (one: number, other: number) => Math.abs(one - other) < 0.01;
const lastOf = ({steps}: ScoredResponse) => steps.at(-1)!;

/** What kind of value everything in an answer is: of a list its first. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) {
    return [shape(value[0])];
  }

  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shape(part)]))
    : value === null
      ? null
      : typeof value;
}

for (const {path, request, response} of recordedRewards()) {
  test(`${path} answers its client with what the client reads`, async t => {
    const {status, json} = await asked.post<Record<string, unknown>>(path, request);
    t.is(status, 200);
    const [ours, theirs] = [shape(json), shape(response)];
    if (path === '/get_reward') {
      t.like(ours, {rewards: ['number'], scores: ['number']});
      t.true(Object.values(json.extra_logs as object).every(([value]) => typeof value === 'number'));
    } else if (path === '/v1/embeddings') {
      t.like(ours, theirs as object);
    } else {
      t.deepEqual(ours, theirs);
    }
  });
}

test('OpenRLHF gets the reward and the probability of each query', async t => {
  const other = `${prompt}Answer: 4<|im_end|>\n`;
  const {json} = await asked.post<{rewards: number[]; scores: number[]}>('/get_reward', {
    query: [query, other],
    prompts: [prompt, prompt],
    labels: ['3', '3'],
  });
  const wanted = [scored, await scoreSteps(pair, {prompt: question, response: 'Answer: 4'})];
  for (const [index, one] of wanted.entries()) {
    t.true(near(json.rewards[index]!, one.reward));
    t.true(near(json.scores[index]!, lastOf(one).probability));
  }

  // It finds the answer by itself too.
  const {json: alone} = await asked.post<{rewards: number[]}>('/get_reward', {query: [query]});
  t.true(near(alone.rewards[0]!, scored.reward));
});

test('slime gets one number, for a prompt that is templated or messages', async t => {
  const templated = {prompt, response: `${answer}<|im_end|>`, label: '3'};
  const messages = {prompt: [{role: 'user', content: question}], response: answer};
  for (const body of [templated, messages]) {
    const {json} = await asked.post<number>('/reward', body);
    t.true(near(json, scored.reward));
  }
});

test('an answer without an end of its turn is not a finished one', async t => {
  const {json} = await asked.post<number>('/reward', {prompt, response: answer});
  const open = await scoreSteps(pair, {prompt: question, response: answer, complete: false});
  t.true(near(json, open.reward));
});

test('an answer with nothing in it has the reward of ending its turn', async t => {
  const {json} = await asked.post<number>('/reward', {prompt, response: '<|im_end|>'});
  const tokens = (
    await pair.tokeniser.tokenise(question, [''], {complete: true, allowSpecialTokens: false})
  )[0]!;
  const {policy, reference} = await pair.engine.logprobs([
    {tokens: tokens.tokens, from: tokens.promptLength},
  ]);
  t.true(near(json, pair.info.beta * (policy[0]![0]! - reference![0]![0]!)));
  t.is((await asked.wrong('/reward', {prompt, response: ''})).code, 'INVALID_INPUT');
});

test('what is taken for the reward is a matter of the server', async t => {
  const wanted = {sum: scored.reward, score: scored.score, last: lastOf(scored).reward};
  for (const reward of ['sum', 'score', 'last'] as const) {
    await serving(pair, {reward}, async ({post}) => {
      const {json} = await post<{rewards: number[]}>('/get_reward', {query: [query]});
      t.true(near(json.rewards[0]!, wanted[reward]), reward);
    });
  }
});

test('veRL gets the reward without an activation, and else the probability', async t => {
  const probs = async (useActivation?: boolean) => {
    const body = {model: 'any', input: [`${query}\n`, query], use_activation: useActivation};
    const {json} = await asked.post<{data: {probs: number[]}[]; usage: {prompt_tokens: number}}>(
      '/classify',
      body,
    );
    t.is(json.data.length, 2);
    const [one] = (await pair.tokeniser.tokenise(question, [answer], {
      complete: true,
      allowSpecialTokens: false,
    }))!;
    t.is(json.usage.prompt_tokens, 2 * one!.tokens.length);
    return json.data[1]!.probs.at(-1)!;
  };
  t.true(near(await probs(false), scored.reward));
  t.true(near(await probs(), lastOf(scored).probability));
});

test('a pooling client gets a row for each of its marks', async t => {
  const steps = answer.split('\n\n');
  const marked = steps.map(step => `${step}<extra_0>`).join('');
  const messages = [
    {role: 'user', content: question},
    {role: 'assistant', content: marked},
  ];
  for (const body of [{input: `${prompt}${marked}<|im_end|>`}, {messages}, {input: query}]) {
    const {json} = await asked.post<{data: {data: [number, number][]}[]}>('/pooling', body);
    const rows = json.data[0]!.data;
    t.is(rows.length, 2);
    for (const [index, [wrong, right]] of rows.entries()) {
      t.true(near(right, scored.steps[index]!.probability));
      t.true(near(wrong, 1 - right));
    }
  }

  const refusal = await asked.wrong('/pooling', {
    messages: messages.slice(0, 1).concat(messages.slice(0, 1)),
  });
  t.regex(refusal.message, /assistant/u);
});

test('an embedding is the reward, as a number or as bytes', async t => {
  const embedding = async (format?: string) =>
    (
      await asked.post<{data: {embedding: number[] | string}[]}>('/v1/embeddings', {
        input: query,
        encoding_format: format,
      })
    ).json.data[0]!.embedding;
  t.true(near((await embedding())[0] as number, scored.reward));
  const bytes = Buffer.from((await embedding('base64')) as string, 'base64');
  t.is(bytes.length, 4);
  t.true(near(bytes.readFloatLE(0), scored.reward));
});

test('a text in which no answer begins is a bad request', async t => {
  const {status, code, message} = await asked.wrong('/classify', {input: 'Compute 1 + 2'});
  t.is(status, 400);
  t.is(code, 'INVALID_INPUT');
  t.regex(message, /im_start/u);
});
