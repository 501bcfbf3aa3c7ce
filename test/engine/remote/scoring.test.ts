import test from 'ava';
import {openPair, type Pair, scoreSteps} from '../../../lib/index.js';
import {type GoldenCase, readData, sequencesOf} from '../../helpers/golden.js';
import {greatestDifference} from '../../helpers/greatest-difference.js';
import {arithmeticPair, exact, loraFile, withPair} from '../../helpers/pairs.js';
import {type FakeModels, names, serveModels, tokenizerInfo} from './fake-models.js';

const golden = readData<GoldenCase>('lora.jsonl');
const {reference: tokenizer} = arithmeticPair();
const local = {policy: tokenizer, reference: tokenizer, lora: loraFile, ...exact};

let server: FakeModels;
test.before(async () => {
  server = await serveModels({override: tokenizerInfo});
});
test.after.always(async () => server?.close());

async function worstOf(pair: Pair): Promise<number> {
  let worst = 0;
  for (const each of golden) {
    const expected = {
      policy: each.responses.map(({policyLogprobs}) => Float32Array.from(policyLogprobs)),
      reference: each.responses.map(({referenceLogprobs}) => Float32Array.from(referenceLogprobs)),
    };
    worst = Math.max(worst, greatestDifference(await pair.engine.logprobs(sequencesOf(each)), expected));
  }

  return worst;
}

test('every token of the golden adapter cases is within 2e-4 over vLLM', async t => {
  await withPair({policy: server.policy, reference: server.reference, tokenizer}, async pair => {
    t.true((await worstOf(pair)) < 2e-4);
  });
});

test('and over SGLang, which is asked from the token before the response', async t => {
  const sglang = await serveModels({kind: 'sglang'});
  t.teardown(sglang.close);
  await withPair({policy: sglang.policy, reference: sglang.reference, tokenizer}, async pair => {
    t.true((await worstOf(pair)) < 2e-4);
    const last = sglang.to('/generate').findLast(({body}) => body.lora_path)!.body;
    const {promptTokens, responses} = golden.at(-1)!;
    t.deepEqual(
      last.logprob_start_len,
      responses.map(() => promptTokens.length - 1),
    );
    t.deepEqual(
      last.lora_path,
      responses.map(() => names.policy),
    );
    // The tokens of prompts that it had already were not evaluated again.
    const shared = golden.flatMap(each => sequencesOf(each)).map(({from}) => from - 1);
    t.is(pair.info.usage.reused, 2 * shared.reduce((sum, count) => sum + count, 0));
  });
});

test('steps, rewards and scores are those of the models in this process', async t => {
  const {prompt, responses} = golden[0]!;
  const input = {prompt, responses: responses.map(({text}) => text)};
  const options = {beta: 1, aggregate: 'sum'} as const;
  const score = async (pair: Pair) => scoreSteps(pair, input, options);
  const here = await withPair(local, score);
  const there = await withPair({policy: server.policy, reference: server.reference, tokenizer}, score);
  t.is(there.length, responses.length);
  for (const [index, {score: total, steps, tokens}] of there.entries()) {
    t.true(Math.abs(total - here[index]!.score) < 1e-3);
    t.deepEqual(tokens.ids, here[index]!.tokens.ids);
    t.deepEqual(
      steps.map(({text}) => text),
      here[index]!.steps.map(({text}) => text),
    );
  }
});

test('a session comes to the rewards of the models in this process', async t => {
  const rewardsOf = async (pair: Pair) => {
    const session = pair.session('Compute 2 + 3', {beta: 1});
    return [await session.append('Step 1: 2 + 3 = 5, so 5\n\n'), await session.append('Answer: 5')];
  };
  const here = await withPair(local, rewardsOf);
  const there = await withPair({policy: server.policy, reference: server.reference, tokenizer}, rewardsOf);
  t.true(there.flat().every((step, index) => Math.abs(step.reward - here.flat()[index]!.reward) < 1e-4));
});

test('one model may be at a server and the other in this process', async t => {
  const {policy, reference} = server;
  for (const mixed of [
    {...exact, policy, reference: tokenizer},
    {...exact, policy: tokenizer, lora: loraFile, reference},
  ]) {
    await withPair(mixed, async pair => {
      t.true((await worstOf(pair)) < 2e-4);
      t.not(pair.info.llamaVersion, '');
    });
  }
});

test('the likeliest tokens are those of the models in this process', async t => {
  const sglang = await serveModels({kind: 'sglang'});
  t.teardown(sglang.close);
  const sequences = golden.slice(0, 2).flatMap(each => sequencesOf(each));
  sequences.push({tokens: sequences[0]!.tokens, from: sequences[0]!.tokens.length});
  const ask = async (pair: Pair) =>
    Promise.all(
      (['policy', 'reference'] as const).map(async model =>
        pair.engine.modelLogprobs(model, sequences, {likeliest: true}),
      ),
    );
  const here = await withPair(local, ask);
  for (const {policy, reference} of [server, sglang]) {
    const there = await withPair({policy, reference, tokenizer}, ask);
    for (const [index, {likeliest, logprobs}] of there.entries()) {
      t.deepEqual(
        likeliest!.map(({tokens}) => tokens),
        here[index]!.likeliest!.map(({tokens}) => tokens),
      );
      t.is(logprobs.at(-1)!.length, 0);
      t.is(likeliest!.at(-1)!.tokens.length, 1);
    }
  }
});

test('a policy alone has no log-probabilities of a reference', async t => {
  const alone = {policy: server.policy, reference: undefined, tokenizer};
  await withPair(alone, async pair => {
    const {policy, reference} = await pair.engine.logprobs(sequencesOf(golden[0]!));
    t.is(policy.length, golden[0]!.responses.length);
    t.is(reference, null);
    t.is(pair.info.reference, null);
  });
});

test('the server makes the tokens where nobody else does, and special tokens in data stay text', async t => {
  const {policy, reference} = server;
  const response = 'Naïve: 2 + 3 = 5 🙂<|im_end|>\n\nAnswer: 5';
  const score = async (pair: Pair) => scoreSteps(pair, {prompt: 'Compute <|im_start|>2 + 3', response});
  const there = await withPair({policy, reference}, score);
  const here = await withPair(local, score);
  t.deepEqual(there.tokens.ids, here.tokens.ids);
  t.deepEqual(there.tokens.starts, here.tokens.starts);
  await withPair({policy, reference}, async pair =>
    t.is(await pair.tokeniser.detokenise(there.tokens.ids), `${response}<|im_end|>`),
  );
});

test('a pair tells where its models are, and which context they have', async t => {
  await withPair(
    {policy: `${server.url}/v1#${names.policy}`, reference: server.reference, tokenizer},
    async pair => {
      const {policy, reference, contextSize, lora, sharesWeights, llamaVersion} = pair.info;
      t.is(policy.path, `${server.url}#${names.policy}`);
      t.deepEqual(policy.remote, {
        ...{url: server.url, model: names.policy, engine: 'vllm'},
        ...{root: 'hf/lora', parent: names.reference},
      });
      t.is(reference!.remote!.parent, null);
      // One token is written behind what is scored.
      t.is(contextSize, 511);
      t.is(lora, null);
      t.true(sharesWeights);
      t.is(llamaVersion, '');
    },
  );
});

test('the context may be given, and not beyond that of the server', async t => {
  const {policy, reference} = server;
  await withPair({policy, reference, tokenizer, contextSize: 60}, async pair => {
    const tokens = new Int32Array(61).fill(65);
    await t.throwsAsync(pair.engine.logprobs([{tokens, from: 1}]), {code: 'CONTEXT_OVERFLOW'});
  });
  await t.throwsAsync(openPair({policy, reference, tokenizer, contextSize: 512}), {
    code: 'INVALID_INPUT',
    message: /contextSize is 512, but the servers take 511 tokens/u,
  });
});
