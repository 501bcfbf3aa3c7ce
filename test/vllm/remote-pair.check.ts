// A real vLLM as the engine of a pair: base and adapter at one server, computed in float32 on the CPU. The adapter is the one
// of the golden numbers, converted.
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {
  ContextOverflowError,
  openPair,
  type Pair,
  type PairOptions,
  RemoteError,
  type ScoredResponse,
  scoreSteps,
} from '../../lib/index.js';
import {type GoldenCase, readData, sequencesOf} from '../helpers/golden.js';
import {arithmeticPair, exact, loraFile, withPair} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {convertAdapter, convertModel} from '../hugging-face/convert.js';
import {VllmServer} from './vllm-server.js';

const {reference: base} = arithmeticPair();
const golden = readData<GoldenCase>('lora.jsonl');
const apiKey = 'a key that nobody is told';
const served = {
  model: convertModel(base, temporaryDirectory()),
  name: 'arithmetic',
  adapter: {directory: convertAdapter(loraFile, base, temporaryDirectory()), name: 'arithmetic-tuned'},
  key: apiKey,
};
let server: VllmServer;

test.before(async t => {
  t.timeout(1_000_000);
  server = await VllmServer.start(served);
});
test.after.always(async () => server?.kill());

/** Base and adapter at the server, with a key. */
function remoteOptions(key: string): PairOptions {
  const {url} = server;
  return {
    policy: {url, model: served.adapter.name, apiKey: key},
    reference: {url, model: served.name, apiKey: key},
    tokenizer: base,
    beta: 1,
  };
}

async function withRemote<T>(options: Partial<PairOptions>, use: (pair: Pair) => Promise<T>): Promise<T> {
  await using pair = await openPair({...remoteOptions(apiKey), ...options});
  return await use(pair);
}

/** All golden responses, scored by text. */
async function scoreAll(pair: Pair): Promise<ScoredResponse[]> {
  const scored: ScoredResponse[] = [];
  for (const {prompt, responses, complete} of golden) {
    scored.push(...(await scoreSteps(pair, {prompt, responses: responses.map(({text}) => text), complete})));
  }

  return scored;
}

const local = withPair({policy: base, lora: loraFile, beta: 1, ...exact}, scoreAll);

function greatestStepDifference(one: readonly ScoredResponse[], other: readonly ScoredResponse[]): number {
  return Math.max(
    ...one.flatMap(({steps}, response) =>
      steps.map(({reward}, step) => Math.abs(reward - other[response]!.steps[step]!.reward)),
    ),
  );
}

test('every token of the golden adapter cases is within 2e-4', async t => {
  let [worst, count] = [0, 0];
  await withRemote({}, async pair => {
    for (const one of golden) {
      const {policy, reference} = await pair.engine.logprobs(sequencesOf(one));
      for (const [index, {policyLogprobs, referenceLogprobs}] of one.responses.entries()) {
        t.is(policy[index]!.length, policyLogprobs.length);
        for (const [token, value] of policyLogprobs.entries()) {
          worst = Math.max(worst, Math.abs(policy[index]![token]! - value));
          worst = Math.max(worst, Math.abs(reference![index]![token]! - referenceLogprobs[token]!));
          count += 2;
        }
      }
    }
  });
  t.log(`${count} numbers, the worst ${worst.toExponential(1)} nats off`);
  t.true(count > 5000);
  t.true(worst <= 2e-4, String(worst));
});

const tokenizers: Record<string, Partial<PairOptions>> = {
  'the tokenizer of a GGUF file': {tokenizer: base},
  "vLLM's own tokenizer": {tokenizer: undefined},
};
for (const [what, options] of Object.entries(tokenizers)) {
  test(`with ${what} the rewards of steps are those of the local engine`, async t => {
    const [here, there] = await Promise.all([local, withRemote(options, scoreAll)]);
    const steps = here.flatMap(one => one.steps);
    t.deepEqual(
      there.map(one => one.steps.map(({text, tokenStart}) => [text, tokenStart])),
      here.map(one => one.steps.map(({text, tokenStart}) => [text, tokenStart])),
    );
    const difference = greatestStepDifference(here, there);
    t.log(`${steps.length} steps, the worst ${difference.toExponential(1)} apart`);
    t.true(difference <= 1e-3, String(difference));
  });
}

test('a scoring that is stopped in the middle stops at vLLM too, and the next one is right', async t => {
  await withRemote({}, async pair => {
    const {prompt, responses} = golden[0]!;
    const many = Array.from({length: 400}, (_, index) => `${responses[0]!.text}\n\nLine ${index}`);
    const controller = new AbortController();
    const work = scoreSteps(
      pair,
      {prompt, responses: many},
      {
        signal: controller.signal,
        // Some of it is done, and most is not.
        onProgress: () => controller.abort(),
      },
    );
    await t.throwsAsync(work, {any: true, name: 'AbortError'});
    // What is under way at vLLM is told to stop, and does so between two of its steps.
    for (let tries = 0; tries < 100 && (await server.metric('num_requests_running')) > 0; tries++) {
      await sleep(50);
    }

    t.is(await server.metric('num_requests_running'), 0);
    t.is(await server.metric('num_requests_waiting'), 0);
    t.true(greatestStepDifference(await local, await scoreAll(pair)) <= 1e-3);
  });
});

test('a response that is too long is refused before it is sent', async t => {
  await withRemote({}, async pair => {
    const input = {prompt: 'Compute 1 + 1', response: 'Step 1: 1 + 1 = 2, so 2\n\n'.repeat(30)};
    const error = await t.throwsAsync(scoreSteps(pair, input), {instanceOf: ContextOverflowError});
    // vLLM generates one token behind what it is asked about.
    t.regex(error.message, /511/u);
  });
});

test('a wrong key is an error that says where, and tells no key', async t => {
  const wrong = 'a wrong key';
  const error = await t.throwsAsync(openPair(remoteOptions(wrong)), {instanceOf: RemoteError});
  t.is(error.status, 401);
  t.true(error.message.includes(server.url));
  t.false(JSON.stringify([error.message, error.stack, error]).includes(wrong));
});

test('a vLLM that is killed is an error, and the pair goes on when another runs at its place', async t => {
  t.timeout(1_200_000);
  await withRemote({remote: {retries: 1}}, async pair => {
    const {prompt, responses} = golden[0]!;
    const many = Array.from({length: 200}, (_, index) => `${responses[0]!.text}\n\nLine ${index}`);
    let killed: Promise<void> | undefined;
    const work = scoreSteps(pair, {prompt, responses: many}, {onProgress: () => (killed ??= server.kill())});
    const error = await t.throwsAsync(work, {instanceOf: RemoteError});
    t.true(error.message.includes(server.url));
    await killed;
    server = await VllmServer.start({...served, port: server.port});
    t.true(greatestStepDifference(await local, await scoreAll(pair)) <= 1e-3);
  });
});
