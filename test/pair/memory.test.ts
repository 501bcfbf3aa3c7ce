import test from 'ava';
import {EvaluationError, type MemoryInfo, type PairInfo, RuntimeLoadError} from '../../lib/index.js';
import {withPair} from '../helpers/pairs.js';

const info = async (options: Parameters<typeof withPair>[0]): Promise<PairInfo> =>
  withPair(options, async pair => pair.info);
const total = ({weights, kvCache, compute, host}: MemoryInfo) => weights + kvCache + compute + host;

test('a pair tells what it takes in memory', async t => {
  const {memory, policy, reference} = await info({});
  t.true(Math.abs(memory.weights - policy.sizeInBytes - reference!.sizeInBytes) < 0.1 * memory.weights);
  t.true(memory.kvCache > 0 && memory.compute > 0 && memory.host > 0);
});

test('caches take memory in proportion to the context, and to the size of a value', async t => {
  const base = await info({contextSize: 512, batchSize: 512, cacheSize: 0});
  const wide = await info({contextSize: 512, batchSize: 512, cacheSize: 0, kvCacheType: 'f32'});
  t.is(wide.memory.kvCache, 2 * base.memory.kvCache);
  const short = await info({contextSize: 256, batchSize: 256, cacheSize: 0});
  t.is(base.memory.kvCache, 2 * short.memory.kvCache);
});

test('a base and its adapter take the weights once', async t => {
  const {memory, policy} = await info({reference: undefined});
  t.true(memory.weights < 1.2 * policy.sizeInBytes);
});

test('a limit makes the batch smaller', async t => {
  const free = await info({batchSize: 512});
  const limit = Math.round(0.6 * total(free.memory));
  const limited = await info({batchSize: 512, memoryLimit: limit});
  t.true(limited.batchSize < free.batchSize);
  t.true(total(limited.memory) <= limit);
  t.is(limited.contextSize, free.contextSize);
});

test('a limit that leaves room changes nothing', async t => {
  const {batchSize} = await info({memoryLimit: 2 ** 33});
  t.is(batchSize, (await info({})).batchSize);
});

test('a limit that is too low is refused with what it takes', async t => {
  const error = await t.throwsAsync(info({memoryLimit: 5_000_000}), {instanceOf: EvaluationError});
  t.regex(
    error!.message,
    /memoryLimit is 5000000 bytes, but the pair needs at least \d+, \d+ of them for weights/,
  );
});

test('a device that does not exist is refused by its name', async t => {
  await t.throwsAsync(info({devices: {policy: ['CUDA7']}}), {
    instanceOf: RuntimeLoadError,
    message: /No device is named "CUDA7"; there is none/,
  });
});

test('no devices are the CPU', async t => {
  t.deepEqual((await info({devices: {policy: [], reference: []}})).devices, []);
});

test('a pair counts the tokens it has evaluated and reused', async t => {
  await withPair({}, async pair => {
    t.deepEqual(pair.info.usage, {evaluated: 0, reused: 0});
    const sequence = {tokens: Int32Array.from({length: 50}, (_, index) => index), from: 1};
    await pair.engine.logprobs([sequence, sequence]);
    t.deepEqual(pair.info.usage, {evaluated: 98, reused: 98});
  });
});
