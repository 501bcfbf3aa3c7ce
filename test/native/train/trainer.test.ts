import {readdirSync} from 'node:fs';
import {setTimeout as wait} from 'node:timers/promises';
import test from 'ava';
import {NativeTrainer} from '../../../lib/engine/native/native-trainer.js';
import {openPair} from '../../../lib/index.js';
import {readGguf} from '../../helpers/gguf-file.js';
import {arithmeticPair, exact} from '../../helpers/pairs.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {
  gradientsOf,
  normOf,
  relativeDistance,
  shake,
  someSequences,
  sumOf,
  weightedSum,
  withTrainer,
} from '../../helpers/trainers.js';

const directory = temporaryDirectory();
const base = arithmeticPair().reference;
const sequences = someSequences();
const weights = [1, -0.5, 0.25];
const rate = {learningRate: 1e-2, weightDecay: 0.01, clip: 1};

test('an adapter changes nothing at first, and training changes what it is to', async t => {
  await withTrainer({base}, async trainer => {
    const untrained = await trainer.forward(sequences, {adapter: false, keep: false});
    t.deepEqual(await trainer.forward(sequences, {adapter: true, keep: false}), untrained);
    const losses: number[] = [];
    for (let step = 0; step < 8; step++) {
      losses.push(await weightedSum(trainer, sequences, weights));
      t.true(normOf(await gradientsOf(trainer, sequences, weights)) > 0);
      const {gradientNorm} = await trainer.step(rate);
      t.true(gradientNorm > 0);
      t.is(normOf(await trainer.gradients()), 0);
    }

    // The weighted sum is what is made less.
    t.true(losses.at(-1)! < losses[0]! - 5);
    t.deepEqual(await trainer.forward(sequences, {adapter: false, keep: false}), untrained);
  });
});

test('one seed makes one adapter, another seed another', async t => {
  const parameters = async (seed: number) => withTrainer({base, seed}, async trainer => trainer.parameters());
  const [one, same, other] = [await parameters(1), await parameters(1), await parameters(2)];
  t.deepEqual(one, same);
  t.notDeepEqual(one, other);
  t.deepEqual(
    one.map(({name}) => name),
    one.map(({name}) => name).toSorted(),
  );
  t.true(
    one.filter(({name}) => name.endsWith('lora_b')).every(({values}) => values.every(value => value === 0)),
  );
});

test('gradients are the same bits whether layers are kept or computed again', async t => {
  const gradients = async (checkpoint: boolean) =>
    withTrainer({base, checkpoint}, async trainer => {
      await shake(trainer);
      const once = await gradientsOf(trainer, sequences, weights);
      const memory = trainer.description.memory.graph;
      return {once, twice: await gradientsOf(trainer, sequences, weights), memory};
    });
  const [anew, kept] = [await gradients(true), await gradients(false)];
  t.deepEqual(kept.once, anew.once);
  t.deepEqual(kept.twice, anew.twice);
  t.true(anew.memory < kept.memory);
  // A second backward adds to the first.
  t.true(
    relativeDistance(
      anew.twice,
      anew.once.map(({name, values}) => ({name, values: values.map(value => 2 * value)})),
    ) <= 1e-6,
  );
});

test('operations that every backend has give what those of the CPU do', async t => {
  const gradients = async (portable: boolean) =>
    withTrainer({base, portable}, async trainer => {
      await shake(trainer);
      return gradientsOf(trainer, sequences, weights);
    });
  t.true(relativeDistance(await gradients(true), await gradients(false)) <= 1e-5);
});

test('responses that share a prompt give what they give apart', async t => {
  const prompt = Array.from({length: 60}, (_, i) => 97 + ((i * 7) % 26));
  const together = Array.from({length: 5}, (_, i) => ({
    tokens: Int32Array.from([...prompt, ...Array.from({length: 8 + i}, (_, k) => 97 + ((k * (i + 3)) % 26))]),
    from: prompt.length,
  }));
  const each = [1, -0.5, 0.25, -1, 0.75];
  await withTrainer({base}, async trainer => {
    await shake(trainer);
    const logprobs = await trainer.forward(together, {adapter: true, keep: true});
    await trainer.backward(each);
    const shared = await trainer.gradients();
    await trainer.step({learningRate: 0, weightDecay: 0, clip: 0});
    for (const [index, sequence] of together.entries()) {
      const [alone] = await trainer.forward([sequence], {adapter: true, keep: true});
      t.true(Math.max(...alone!.map((value, k) => Math.abs(value - logprobs[index]![k]!))) <= 1e-4);
      await trainer.backward([each[index]!]);
    }

    t.true(relativeDistance(shared, await trainer.gradients()) <= 1e-5);
  });
});

test('the last layers alone can be trained', async t => {
  const all = await withTrainer({base}, async trainer => gradientsOf(trainer, sequences, weights));
  await withTrainer({base, layers: {last: 1}}, async trainer => {
    const {description} = trainer;
    t.is(description.layers, 4);
    t.is(description.layersTrained, 1);
    t.true(description.targets.every(name => name.startsWith('blk.3.')));
    const last = await gradientsOf(trainer, sequences, weights);
    const named = new Map(all.map(({name, values}) => [name, values]));
    // B's gradient at the start is A's alone to decide, and A is drawn for each training anew.
    t.true(last.every(({name, values}) => values.length === named.get(name)!.length));
    t.true(
      last.filter(({name}) => name.endsWith('lora_b')).every(({values}) => values.some(value => value !== 0)),
    );
  });
  await t.throwsAsync(
    withTrainer({base, layers: {last: 9}}, async () => undefined),
    {
      code: 'INVALID_INPUT',
      message: /has 4 layers, so its last 9/,
    },
  );
});

test('the engine scores a saved adapter as the trainer does, and a trainer goes on from it', async t => {
  const lora = `${directory}/lora.gguf`;
  const metadata = {'implicit_prm.beta': 0.5, 'implicit_prm.objective': 'ce'};
  const {policy, reference} = await withTrainer({base}, async trainer => {
    await shake(trainer);
    await trainer.saveAdapter(lora, metadata);
    return {
      policy: await trainer.forward(sequences, {adapter: true, keep: false}),
      reference: await trainer.forward(sequences, {adapter: false, keep: false}),
    };
  });
  const pair = await openPair({policy: base, reference: base, lora, gpu: false, threads: 1, ...exact});
  t.is(pair.info.beta, 0.5);
  const logprobs = await pair.engine.logprobs(sequences);
  await pair.close();
  for (const i of sequences.keys()) {
    const trained = sumOf(policy[i]!) - sumOf(reference[i]!);
    t.true(Math.abs(trained - (sumOf(logprobs.policy[i]!) - sumOf(logprobs.reference![i]!))) <= 1e-3);
  }

  t.is(readGguf(lora).metadata.get('general.type')?.value, 'adapter');
  await withTrainer({base, initialAdapter: lora}, async trainer => {
    t.deepEqual(await trainer.forward(sequences, {adapter: true, keep: false}), policy);
  });
  for (const [options, message] of [
    [{rank: 5}, /lora_a is 128 × 4, not 128 × 5: give the rank that it has/],
    [{alpha: 4}, /its alpha is 8, not 4: give that/],
    [{layers: {last: 1}}, /it adapts other weights/],
    [{initialAdapter: base}, /cannot be gone on from/],
  ] as const) {
    await t.throwsAsync(
      withTrainer({base, initialAdapter: lora, ...options}, async () => undefined),
      {code: 'MODEL_INVALID', message},
    );
  }
});

test('a training goes on from its saved state to the same bits', async t => {
  const state = `${directory}/state.bin`;
  const steps = async (trainer: NativeTrainer) => {
    for (let i = 0; i < 2; i++) {
      await gradientsOf(trainer, sequences, weights);
      await trainer.step(rate);
    }

    return trainer.parameters();
  };
  const undisturbed = await withTrainer({base}, async trainer => {
    await steps(trainer);
    await trainer.save(state);
    return steps(trainer);
  });
  await withTrainer({base, seed: 99}, async trainer => {
    await trainer.restore(state);
    t.deepEqual(await steps(trainer), undisturbed);
  });
  t.deepEqual(
    readdirSync(directory).filter(name => name.endsWith('.tmp')),
    [],
  );
  for (const [options, message] of [
    [{rank: 5}, /has no blk.0.attn_k.weight.lora_a of 640 numbers/],
    [{layers: {last: 2}}, /it trains other weights/],
  ] as const) {
    await withTrainer({base, ...options}, async trainer => {
      await t.throwsAsync(trainer.restore(state), {code: 'INVALID_INPUT', message});
      await t.throwsAsync(trainer.restore(base), {
        code: 'INVALID_INPUT',
        message: /not the state of a training/,
      });
      await t.throwsAsync(trainer.restore(`${directory}/none`), {
        code: 'INVALID_INPUT',
        message: /cannot be read/,
      });
    });
  }
});

test('memory is told before it is taken, and refused with numbers', async t => {
  const planned = await withTrainer({base, maxTokens: 512}, async trainer => trainer.description.memory);
  t.true(Object.values(planned).every(bytes => bytes > 0));
  const total = sumOf(Object.values(planned));
  const smaller = await withTrainer(
    {base, maxTokens: 512, maxTree: 128},
    async trainer => trainer.description.memory,
  );
  t.true(smaller.graph < planned.graph);
  await t.throwsAsync(
    withTrainer({base, maxTokens: 512, memoryLimit: total - 1_000_000}, async () => undefined),
    {code: 'OUT_OF_MEMORY', message: /memoryLimit is \d+ MB, but training needs \d+ MB: \d+ MB for weights/},
  );
  await withTrainer({base, maxTokens: 64, memoryLimit: total}, async trainer => {
    // Not planned for, but there is room.
    await gradientsOf(trainer, someSequences(1, 60), weights);
    const tooLong = Array.from({length: 20}, (_, i) => someSequences(i, 300)).flat();
    await t.throwsAsync(trainer.forward(tooLong, {adapter: true, keep: true}), {code: 'OUT_OF_MEMORY'});
    await gradientsOf(trainer, sequences, weights);
  });
});

test('what is no model is refused', async t => {
  await t.throwsAsync(
    withTrainer({base: `${directory}/missing.gguf`}, async () => undefined),
    {code: 'MODEL_INVALID', message: /missing.gguf/},
  );
});

test('a signal stops a computation, and its trainer can be used on', async t => {
  await withTrainer({base, maxTokens: 512}, async trainer => {
    await shake(trainer);
    const expected = await gradientsOf(trainer, sequences, weights);
    await trainer.step({learningRate: 0, weightDecay: 0, clip: 0});

    const long = Array.from({length: 6}, (_, i) => someSequences(i, 400)).flat();
    const stop = new AbortController();
    const stopAtOnce = () => stop.abort(new Error('enough'));
    await t.throwsAsync(
      trainer.forward(long, {adapter: true, keep: true, signal: stop.signal, onProgress: stopAtOnce}),
      {message: 'enough'},
    );
    const stopBackward = new AbortController();
    await trainer.forward(long, {adapter: true, keep: true});
    await t.throwsAsync(
      trainer.backward(
        long.map(() => 1),
        {signal: stopBackward.signal, onProgress: () => stopBackward.abort(new Error('enough'))},
      ),
      {message: 'enough'},
    );
    t.is(normOf(await trainer.gradients()), 0);
    t.deepEqual(await gradientsOf(trainer, sequences, weights), expected);
  });
});

test('closing rejects what is pending', async t => {
  const trainer = await NativeTrainer.open({
    ...{base, rank: 4, alpha: 8, seed: 1, threads: 1, maxTokens: 512},
  });
  const long = Array.from({length: 6}, (_, i) => someSequences(i, 400)).flat();
  const pending = [1, 2, 3].map(async () => trainer.forward(long, {adapter: true, keep: true}));
  const rejections = Promise.all(pending.map(async one => t.throwsAsync(one, {code: 'PAIR_CLOSED'})));
  await wait(5);
  await trainer.close();
  await rejections;
  await trainer.close();
  await t.throwsAsync(trainer.parameters(), {code: 'PAIR_CLOSED'});
});

test('what is asked wrongly is told', async t => {
  await withTrainer({base}, async trainer => {
    const at = {adapter: true, keep: true};
    const tokens = Int32Array.from([97, 98, 99]);
    await t.throwsAsync(trainer.forward([{tokens, from: 3}], at), {message: /sequences\[0\].from has to be/});
    await t.throwsAsync(trainer.forward([{tokens: Int32Array.from([1, 9999]), from: 1}], at), {
      code: 'INVALID_INPUT',
      message: /9999/,
    });
    await t.throwsAsync(trainer.forward([], at), {message: /no sequence/});
    await t.throwsAsync(trainer.forward([{tokens: new Int32Array(600), from: 1}], at), {
      code: 'CONTEXT_OVERFLOW',
    });
    await t.throwsAsync(trainer.backward([1]), {message: /needs a forward\(\)/});
    await trainer.forward([{tokens, from: 1}], at);
    await t.throwsAsync(trainer.backward([1, 2]), {message: /needs 1 weights/});
    await t.throwsAsync(trainer.backward([new Float32Array(1)]), {
      message: /has 1 numbers, but sequence 0 2/,
    });
    await trainer.backward([new Float32Array(2)]);
    await t.throwsAsync(trainer.backward([1]), {message: /needs a forward\(\)/});
    await t.throwsAsync(trainer.setParameters([{name: 'x', values: new Float32Array(1)}]), {
      message: /called x/,
    });
    await t.throwsAsync(trainer.saveAdapter(`${directory}/no/where`, {}), {message: /cannot write .*where/});
  });
  await t.throwsAsync(
    withTrainer({base, rank: 0}, async () => undefined),
    {message: /rank has to be/},
  );
  await t.throwsAsync(
    withTrainer({base, gpu: 'tpu' as never}, async () => undefined),
    {message: /gpu has to be 'auto', 'cuda', 'metal', 'vulkan' or false/},
  );
});
