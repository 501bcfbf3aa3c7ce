// The GPU path, really run, on a Vulkan device that computes on the CPU. Where it is missing, the checks are left out.
import test from 'ava';
import {openPair, type Pair, PairClosedError, type PairOptions, scoreSteps} from '../../lib/index.js';
import {type GoldenCase, readData, sequencesOf} from '../helpers/golden.js';
import {arithmeticPair, exact, loraFile} from '../helpers/pairs.js';
import {useLavapipe} from './lavapipe.js';

const lack = useLavapipe();
const onLavapipe = lack === undefined ? test : test.skip;
const {reference} = arithmeticPair();
const cases = some(readData<GoldenCase>('logprobs.jsonl'), ['odd-text', 'unfinished'], 2);
const adapted = some(readData<GoldenCase>('lora.jsonl'), ['arith-1'], 1);

function some(all: GoldenCase[], ids: string[], responses: number): GoldenCase[] {
  return all
    .filter(({id}) => ids.includes(id))
    .map(golden => ({...golden, responses: golden.responses.slice(0, responses)}));
}

/** Nothing stops a batch that computes on a GPU, so it is a small one. */
const batchSize = 64;

async function withVulkan<T>(options: Partial<PairOptions>, use: (pair: Pair) => Promise<T>): Promise<T> {
  const pair = await openPair({...arithmeticPair(), gpu: 'vulkan', threads: 1, batchSize, ...options});
  try {
    return await use(pair);
  } finally {
    await pair.close();
  }
}

async function distances(pair: Pair, golden: readonly GoldenCase[]): Promise<{worst: number; mean: number}> {
  const result = {worst: 0, mean: 0};
  for (const one of golden) {
    const {policy, reference: base} = await pair.engine.logprobs(sequencesOf(one));
    for (const [index, {policyLogprobs, referenceLogprobs}] of one.responses.entries()) {
      const all = [
        ...Array.from(policy[index]!, (value, token) => Math.abs(value - policyLogprobs[token]!)),
        ...Array.from(base![index]!, (value, token) => Math.abs(value - referenceLogprobs[token]!)),
      ];
      result.worst = Math.max(result.worst, ...all);
      result.mean = Math.max(result.mean, all.reduce((sum, value) => sum + value, 0) / all.length);
    }
  }

  return result;
}

test('the device is lavapipe', async t => {
  if (lack !== undefined) {
    t.log(`left out, for lack of ${lack}`);
    return t.pass();
  }

  await withVulkan({}, async ({info}) => {
    t.is(info.devices.length, 1);
    t.regex(info.devices[0]!, /llvmpipe/u);
  });
});

const modes: Record<
  string,
  {options: Partial<PairOptions>; logSoftmax: 'graph' | 'host'; golden?: GoldenCase[]}
> = {
  'the default': {options: {}, logSoftmax: 'graph'},
  'log-softmax on the host': {options: {logSoftmax: 'host'}, logSoftmax: 'host'},
  'an F32 cache': {options: exact, logSoftmax: 'graph'},
  'an F32 cache and log-softmax on the host': {options: {...exact, logSoftmax: 'host'}, logSoftmax: 'host'},
  'a LoRA adapter': {
    options: {...exact, policy: reference, lora: loraFile},
    logSoftmax: 'graph',
    golden: adapted,
  },
  'no layer on the device': {options: {gpuLayers: 0}, logSoftmax: 'host', golden: cases.slice(0, 1)},
  'the output layer on the device': {options: {gpuLayers: 1}, logSoftmax: 'graph', golden: cases.slice(0, 1)},
  'two layers on the device': {options: {gpuLayers: 2}, logSoftmax: 'graph', golden: cases.slice(0, 1)},
};

for (const [what, {options, logSoftmax, golden = cases}] of Object.entries(modes)) {
  onLavapipe(`with ${what} a token is within 0.05, and a response within 3e-3 on average`, async t => {
    const {worst, mean} = await withVulkan(options, async pair => {
      t.is(pair.info.logSoftmax, logSoftmax);
      t.is(pair.info.devices.length, 1);
      return distances(pair, golden);
    });
    t.log(`worst token ${worst.toExponential(1)} nats, worst mean ${mean.toExponential(1)}`);
    t.true(worst <= 0.05);
    t.true(mean <= 3e-3);
  });
}

const prompt = 'Compute 12 + 30';
const response = 'Step 1: 12 + 30 = 42\n\nAnswer: 42';
/** Minutes of work, were it not stopped. */
const long = Array.from({length: 32}, (_, index) => `${response}${index}\n\n`.repeat(6));

onLavapipe('sessions and their forks agree with whole responses', async t => {
  await withVulkan({}, async pair => {
    const whole = await scoreSteps(pair, {prompt, response});
    const session = await pair.session(prompt);
    await session.append('Step 1: 12 + 30 = 42\n\n');
    const fork = session.fork();
    await session.append('Answer: 42');
    await fork.append('Answer: 42');
    for (const branch of [session, fork]) {
      const {steps} = await branch.finish();
      t.is(steps.length, whole.steps.length);
      for (const [index, {reward}] of steps.entries()) {
        t.true(Math.abs(reward - whole.steps[index]!.reward) < 1e-3);
      }
    }
  });
});

onLavapipe('two pairs compute at once', async t => {
  await withVulkan({}, async first => {
    await withVulkan({}, async second => {
      const [left, right] = await Promise.all(
        [first, second].map(async pair => scoreSteps(pair, {prompt, response})),
      );
      t.true(Math.abs(left!.score - right!.score) < 1e-3);
    });
  });
});

onLavapipe('an aborted call ends with its batch, and the next one is right', async t => {
  await withVulkan({}, async pair => {
    const before = await scoreSteps(pair, {prompt, response});
    const controller = new AbortController();
    const reported: number[] = [];
    let all = 0;
    let aborted = 0;
    const onProgress = ({tokens, total}: {tokens: number; total: number}) => {
      reported.push(tokens);
      all = total;
      aborted ||= performance.now();
      controller.abort();
    };
    await t.throwsAsync(
      scoreSteps(pair, {prompt, responses: long}, {signal: controller.signal, onProgress}),
      {
        any: true,
        name: 'AbortError',
      },
    );
    t.log(`${Math.round(performance.now() - aborted)} ms after the signal`);
    // Each model may have been in a batch, and have taken up the next one before the signal came.
    t.true(reported.at(-1)! - reported[0]! <= 4 * batchSize, `${reported.join()} of ${all}`);
    t.true(all > 20 * batchSize);
    const after = await scoreSteps(pair, {prompt, response});
    t.true(Math.abs(before.score - after.score) < 1e-3);
  });
});

onLavapipe('a pair that is closed in the middle of its work rejects it', async t => {
  await withVulkan({}, async pair => {
    let onProgress = () => {};
    const begun = new Promise<void>(resolve => {
      onProgress = resolve;
    });
    const rejected = t.throwsAsync(scoreSteps(pair, {prompt, responses: long}, {onProgress}), {
      instanceOf: PairClosedError,
    });
    await begun;
    await pair.close();
    await rejected;
  });
});
