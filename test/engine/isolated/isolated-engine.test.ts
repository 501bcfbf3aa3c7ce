import test from 'ava';
import {
  describeModels,
  InvalidInputError,
  ModelError,
  openPair,
  type Pair,
  PairClosedError,
  scoreSteps,
} from '../../../lib/index.js';
import {sequencesOf} from '../../helpers/golden.js';
import {arithmeticPair, withPair} from '../../helpers/pairs.js';
import {engineOf, golden, hasEnded, muchWork, sequence, startMuchWork} from './isolated-pair.js';

const options = {...arithmeticPair(), gpu: false, threads: 1, isolate: true} as const;
let pair: Pair;
test.before(async () => {
  pair = await openPair(options);
});
test.after.always(async () => pair?.close());

test('the numbers are those of this process, bit for bit', async t => {
  await withPair({}, async here => {
    const {memory, usage, ...info} = pair.info;
    const {memory: memoryHere, usage: usageHere, ...infoHere} = here.info;
    t.deepEqual(info, infoHere);
    t.deepEqual(Object.keys(memory), Object.keys(memoryHere));
    t.deepEqual(usage, usageHere);
    for (const each of golden.slice(0, 6)) {
      const sequences = sequencesOf(each);
      t.deepEqual(await pair.engine.logprobs(sequences), await here.engine.logprobs(sequences));
    }

    t.deepEqual(pair.info.usage, here.info.usage);
    const {prompt, responses} = golden[0]!;
    const input = {prompt, responses: responses.map(({text}) => text)};
    t.deepEqual(await scoreSteps(pair, input), await scoreSteps(here, input));
  });
});

test('so are those of one model and its likeliest tokens, and belong to the caller alone', async t => {
  const sequences = sequencesOf(golden[0]!);
  const ask = async (of: Pair) => {
    const results = [];
    for (const model of ['policy', 'reference'] as const) {
      results.push(await of.engine.modelLogprobs(model, sequences, {likeliest: true}));
      results.push(await of.engine.modelLogprobs(model, sequences));
    }

    return results;
  };
  const apart = await withPair({isolate: true}, ask);
  t.deepEqual(apart, await withPair({}, ask));
  const {tokens, logprobs} = apart[0]!.likeliest![0]!;
  t.is(tokens.buffer.byteLength, tokens.byteLength);
  t.is(logprobs.buffer.byteLength, logprobs.byteLength);
});

test('one model is asked with a signal, with progress, and refused as in this process', async t => {
  const reports: {tokens: number; total: number}[] = [];
  await pair.engine.modelLogprobs('policy', [sequence!], {
    likeliest: true,
    onProgress: report => void reports.push(report),
  });
  t.is(reports.at(-1)!.total, sequence!.tokens.length);
  const controller = new AbortController();
  const call = pair.engine.modelLogprobs('policy', muchWork(), {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  t.is(await call.catch(error => error), controller.signal.reason);
  const wrong = pair.engine.modelLogprobs('policy', [{tokens: Int32Array.of(1, 260), from: 2}], {
    likeliest: true,
  });
  await t.throwsAsync(wrong, {instanceOf: InvalidInputError, message: /no token 260/});
  await withPair({isolate: true, reference: undefined}, async alone => {
    await t.throwsAsync(alone.engine.modelLogprobs('reference', [sequence!]), {
      instanceOf: InvalidInputError,
      message: /no reference/,
    });
  });
});

test('a session comes to the rewards of this process', async t => {
  const steps = ['Step 1: 2 + 3 = 5, so 5\n\n', 'Answer: 5'];
  const rewardsOf = async (of: Pair) => {
    const session = of.session('Compute 2 + 3');
    const added = [];
    for (const step of steps) {
      added.push(await session.append(step));
    }

    return added;
  };
  const [apart, here] = [await withPair({isolate: true}, rewardsOf), await withPair({}, rewardsOf)];
  t.deepEqual(apart, here);
});

test('numbers that come back belong to the caller alone', async t => {
  const {policy, evaluated} = await pair.engine.logprobs([sequence!]);
  t.is(policy[0]!.buffer.byteLength, policy[0]!.byteLength);
  t.is(evaluated.buffer.byteLength, evaluated.byteLength);
});

test('tokens may be overwritten once the call is made', async t => {
  const {policy} = await pair.engine.logprobs([sequence!]);
  const tokens = sequence!.tokens.slice();
  const call = pair.engine.logprobs([{tokens, from: sequence!.from}]);
  tokens.fill(0);
  const again = await call;
  t.true(again.policy[0]!.every((value, index) => Math.abs(value - policy[0]![index]!) < 1e-3));
});

test('calls at once are each answered with their own numbers', async t => {
  const alone = [];
  for (const each of golden.slice(0, 2)) {
    alone.push(await pair.engine.logprobs(sequencesOf(each)));
  }

  const together = await Promise.all(
    golden.slice(0, 2).map(async each => pair.engine.logprobs(sequencesOf(each))),
  );
  for (const [index, {policy}] of together.entries()) {
    for (const [response, values] of policy.entries()) {
      const expected = alone[index]!.policy[response]!;
      t.is(values.length, expected.length);
      t.true(values.every((value, token) => Math.abs(value - expected[token]!) < 0.05));
    }
  }
});

test('a signal stops a call with its reason, and the engine goes on', async t => {
  const controller = new AbortController();
  const pid = engineOf(pair);
  const {work} = await startMuchWork(pair, controller.signal);
  const reason = new Error('changed my mind');
  controller.abort(reason);
  t.is(await t.throwsAsync(work), reason);
  await t.throwsAsync(pair.engine.logprobs([sequence!], {signal: controller.signal}), {is: reason});
  t.is((await pair.engine.logprobs([sequence!])).policy.length, 1);
  t.is(engineOf(pair), pid);
});

test('progress comes as in this process, and what its listener throws stops the call', async t => {
  const reports: {tokens: number; total: number}[] = [];
  await pair.engine.logprobs(sequencesOf(golden[1]!), {onProgress: report => void reports.push(report)});
  t.true(reports.length > 0);
  t.is(reports.at(-1)!.tokens, reports[0]!.total);
  const onProgress = () => {
    throw new RangeError('no more');
  };
  const call = pair.engine.logprobs(sequencesOf(golden[2]!), {onProgress});
  await t.throwsAsync(call, {instanceOf: RangeError, message: 'no more'});
});

test('errors are those of this process', async t => {
  const wrong = pair.engine.logprobs([{tokens: Int32Array.of(1, 260), from: 1}]);
  await t.throwsAsync(wrong, {instanceOf: InvalidInputError, message: /no token 260/});
  const plain = pair.engine.logprobs([{tokens: [1, 2] as never, from: 1}]);
  await t.throwsAsync(plain, {instanceOf: InvalidInputError, message: /Int32Array/});
  await t.throwsAsync(pair.engine.logprobs([{tokens: new Int32Array(513), from: 1}]), {
    code: 'CONTEXT_OVERFLOW',
  });
  await t.throwsAsync(pair.tokeniser.detokenise(Int32Array.of(9999)), {message: /no token 9999/});
  await t.throwsAsync(openPair({...options, policy: 'missing.gguf'}), {
    instanceOf: ModelError,
    code: 'MODEL_INVALID',
  });
});

test('what llama.cpp logs is heard, and how far loading is', async t => {
  const lines: [string, string][] = [];
  const loaded: number[] = [];
  const other = await openPair({
    ...options,
    onLog: (level, text) => void lines.push([level, text]),
    onProgress: progress => void loaded.push(progress.loaded),
  });
  await other.close();
  t.true(lines.some(([level, text]) => level === 'info' && /llama/u.test(text)));
  t.is(loaded.at(-1), 1);
});

test('a signal ends an opening, and its process', async t => {
  const controller = new AbortController();
  const reason = new Error('too slow');
  const opening = openPair({...options, signal: controller.signal, onLog: () => controller.abort(reason)});
  t.is(await t.throwsAsync(opening), reason);
});

test('closing rejects what is under way, and ends the process', async t => {
  const other = await openPair(options);
  const pid = engineOf(other)!;
  const {work} = await startMuchWork(other);
  const text = other.tokeniser.detokenise(Int32Array.of(1));
  text.catch(() => {});
  await other.close();
  await hasEnded(pid);
  await t.throwsAsync(work, {instanceOf: PairClosedError, code: 'PAIR_CLOSED'});
  await t.throwsAsync(text, {instanceOf: PairClosedError});
  await t.throwsAsync(other.engine.logprobs([sequence!]), {instanceOf: PairClosedError});
  await other.close();
});

test('models are described by another process as by this one', async t => {
  const {policy, reference} = arithmeticPair();
  const files = [policy, reference];
  t.deepEqual(await describeModels(files, {isolate: true}), await describeModels(files));
  await t.throwsAsync(describeModels(['missing.gguf'], {isolate: true}), {instanceOf: ModelError});
});
