import {existsSync, readdirSync, writeFileSync} from 'node:fs';
import test from 'ava';
import {mergeAdapter} from '../../../lib/engine/native/merge-adapter.js';
import {openPair} from '../../../lib/index.js';
import {seededRandom} from '../../../lib/utils/seeded-random.js';
import {f32, readGguf, str, u32} from '../../helpers/gguf-file.js';
import {arithmeticPair, exact, loraFile} from '../../helpers/pairs.js';
import {randomDecoder} from '../../helpers/random-decoder.js';
import {randomQuantised} from '../../helpers/random-quantised.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {randomLlama, withMetadata} from '../../helpers/tiny-models.js';
import {shake, someSequences, sumOf, withTrainer} from '../../helpers/trainers.js';

const directory = temporaryDirectory();
const base = arithmeticPair().reference;
const sequences = someSequences();

async function policyLogprobs(policy: string, lora?: string): Promise<Float32Array[]> {
  const pair = await openPair({policy, lora, gpu: false, threads: 1, ...exact});
  try {
    return (await pair.engine.logprobs(sequences)).policy;
  } finally {
    await pair.close();
  }
}

async function greatestDifference(merged: string, from: string, adapter: string): Promise<number> {
  const [one, two] = [await policyLogprobs(merged), await policyLogprobs(from, adapter)];
  return Math.max(
    ...one.flatMap((values, i) => Array.from(values, (value, k) => Math.abs(value - two[i]![k]!))),
  );
}

test('a merged model is base and adapter, with the vocabulary of the one and the β of the other', async t => {
  const output = `${directory}/merged.gguf`;
  const adapter = withMetadata(loraFile, `${directory}/adapter.gguf`, {
    'implicit_prm.beta': f32(0.25),
    'implicit_prm.objective': str('ce'),
  });
  const progress: number[] = [];
  const metadata = {'general.name': 'Merged', 'implicit_prm.extra': 2};
  const result = await mergeAdapter({
    ...{base, adapter, output, metadata},
    onProgress: done => progress.push(done),
  });
  t.deepEqual(result, {merged: 28, tensors: 38});
  t.is(progress.at(-1), 38);
  t.true((await greatestDifference(output, base, adapter)) <= 1e-4);
  const [written, original] = [readGguf(output), readGguf(base)];
  t.is(written.metadata.get('implicit_prm.beta')?.value, 0.25);
  t.is(written.metadata.get('implicit_prm.objective')?.value, 'ce');
  t.is(written.metadata.get('implicit_prm.extra')?.value, 2);
  t.is(written.metadata.get('general.name')?.value, 'Merged');
  for (const [key, value] of original.metadata) {
    if (!['general.name', 'implicit_prm.beta'].includes(key)) {
      t.deepEqual(written.metadata.get(key), value, key);
    }
  }
});

test('weights of other types are rounded to them', async t => {
  const wide = randomLlama(directory, {
    vocabFrom: base,
    ...{embedding: 256, heads: 4, layers: 1, feedForward: 256},
  });
  for (const type of ['F16', 'Q8_0', 'Q4_K'] as const) {
    const {quantised} = randomQuantised(wide, `${directory}/wide`, type, seededRandom(3));
    const adapter = `${directory}/wide-lora.gguf`;
    await withTrainer({base: quantised}, async trainer => {
      await shake(trainer, 0.2);
      await trainer.saveAdapter(adapter, {});
    });
    const output = `${directory}/wide-${type}-merged.gguf`;
    await mergeAdapter({base: quantised, adapter, output});
    const types = (path: string) => readGguf(path).tensors.map(tensor => [tensor.name, tensor.type]);
    t.deepEqual(types(output), types(quantised));
    const [merged, apart, before] = [
      await policyLogprobs(output),
      await policyLogprobs(quantised, adapter),
      await policyLogprobs(quantised),
    ];
    const distance = (a: Float32Array[], b: Float32Array[]) =>
      Math.sqrt(sumOf(a.map((values, i) => sumOf(values.map((value, k) => (value - b[i]![k]!) ** 2)))));
    t.log(
      `${type}: ${(distance(merged, apart) / distance(before, apart)).toFixed(3)} of the change is rounded off`,
    );
    t.true(distance(merged, apart) < 0.3 * distance(before, apart));
  }
});

test('a base of another alignment is merged too', async t => {
  const aligned = withMetadata(base, `${directory}/aligned.gguf`, {'general.alignment': u32(128)});
  const output = `${directory}/aligned-merged.gguf`;
  await mergeAdapter({base: aligned, adapter: loraFile, output});
  t.true((await greatestDifference(output, base, loraFile)) <= 1e-4);
});

test('what does not go together is refused, and what lay there stays', async t => {
  const output = `${directory}/kept.gguf`;
  writeFileSync(output, 'before');
  const other = randomDecoder(directory, 'qwen2');
  const small = randomLlama(directory, {vocabFrom: base, name: 'small'});
  const refusals: [string, string, RegExp][] = [
    [other, loraFile, /is for the architecture llama, but .* is of qwen2/],
    [small, loraFile, /The adapter's change of blk.0.attn_q.weight has another shape/],
    [base, base, /is no LoRA adapter/],
    [`${directory}/missing.gguf`, loraFile, /Could not read .*missing.gguf/],
  ];
  for (const [from, adapter, message] of refusals) {
    await t.throwsAsync(mergeAdapter({base: from, adapter, output}), {code: 'MODEL_INVALID', message});
  }

  const before = readdirSync(directory);
  await t.throwsAsync(
    mergeAdapter({base, adapter: loraFile, output, signal: AbortSignal.abort(new Error('stopped'))}),
    {message: 'stopped'},
  );
  await t.throwsAsync(mergeAdapter({base, adapter: loraFile, output: `${directory}/no/where.gguf`}), {
    message: /cannot write .*where.gguf/,
  });
  t.deepEqual(readdirSync(directory), before);
  t.true(existsSync(output));
});
