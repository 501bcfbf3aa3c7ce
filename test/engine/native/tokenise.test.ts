import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {findRuntime} from '../../../lib/engine/native/find-runtime.js';
import {NativeEngine} from '../../../lib/engine/native/native-engine.js';
import {PairClosedError} from '../../../lib/index.js';
import {arithmeticPair} from '../../helpers/pairs.js';

const long = 'A sentence that comes again and again. '.repeat(8000);

async function openEngine(): Promise<NativeEngine> {
  const {policy} = arithmeticPair();
  return NativeEngine.open(
    {
      ...{runtime: findRuntime(), policy, reference: undefined, lora: undefined, gpu: 'false', gpuLayers: 0},
      ...{threads: 1, contextSize: undefined, batchSize: undefined, cacheSize: undefined},
      ...{kvCacheType: 'f16', flashAttention: undefined, policyDevices: undefined},
      ...{referenceDevices: undefined, logSoftmax: 'auto', memoryLimit: undefined},
    },
    {},
  );
}

/** The promises' numbers in the order in which they settle. */
function orderOf(promises: readonly Promise<unknown>[]): number[] {
  const order: number[] = [];
  for (const [index, promise] of promises.entries()) {
    const note = () => void order.push(index);
    promise.then(note, note);
  }

  return order;
}

test("long texts leave libuv's threads to others", async t => {
  const engine = await openEngine();
  const texts = Array.from({length: 8}, async () => engine.tokenise(long, true));
  const file = readFile(fileURLToPath(import.meta.url));
  const order = orderOf([...texts, file]);
  await file;
  t.true(order.length < 4, `${order.length - 1} texts came before a file`);
  t.is((await Promise.all(texts)).length, 8);
  await engine.close();
});

test('texts that wait are withdrawn by their signal, with its reason', async t => {
  const engine = await openEngine();
  const controller = new AbortController();
  const {signal} = controller;
  const first = engine.tokenise(long, true);
  const waiting = Array.from({length: 20}, async () => engine.tokenise(long, true, {signal}));
  const last = engine.tokenise('last', true);
  const reason = new Error('changed my mind');
  controller.abort(reason);
  for (const {status, ...rest} of await Promise.allSettled(waiting)) {
    t.deepEqual({status, ...rest}, {status: 'rejected', reason} as never);
  }

  t.is((await first).tokens.length, (await first).starts.length);
  t.is((await last).tokens.length, 4);
  await t.throwsAsync(engine.tokenise('late', true, {signal}), {is: reason});
  await engine.close();
});

test('closing rejects the texts that wait, and waits for the one that is being tokenised', async t => {
  const engine = await openEngine();
  const texts = Array.from({length: 20}, async () => engine.tokenise(long, true));
  const order = orderOf([...texts, engine.close()]);
  const results = await Promise.allSettled(texts);
  await engine.close();
  t.deepEqual(order, [...Array(texts.length + 1).keys()]);
  const rejected = results.filter(result => result.status === 'rejected');
  t.true(rejected.length >= 10, `${rejected.length} were rejected`);
  t.true(rejected.every(({reason}) => reason instanceof PairClosedError));
  await t.throwsAsync(engine.tokenise('late', true), {instanceOf: PairClosedError});
});
