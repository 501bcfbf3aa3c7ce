import test from 'ava';
import {
  InvalidInputError,
  type ModelLogprobs,
  type ModelName,
  type Pair,
  type TokenSequence,
} from '../../lib/index.js';
import {type GoldenCase, readData, sequencesOf} from '../helpers/golden.js';
import {arithmeticPair, exact, loraFile, withPair} from '../helpers/pairs.js';
import {randomTree, seededRandom} from '../helpers/random-tree.js';

const cases = readData<GoldenCase>('logprobs.jsonl');
const [sequence] = sequencesOf(cases[0]!);
const vocabularySize = 260;
const models: readonly ModelName[] = ['policy', 'reference'];
const tolerance = 1e-3;

/** The log-probabilities of all tokens of the vocabulary behind some others. */
async function distribution(pair: Pair, model: ModelName, before: Int32Array): Promise<Float32Array> {
  const continuations = Array.from({length: vocabularySize}, (_, token) => ({
    tokens: Int32Array.of(...before, token),
    from: before.length,
  }));
  const {[model]: rows} = await pair.engine.logprobs(continuations);
  return Float32Array.from(rows!, row => row[0]!);
}

function greatestDifference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return Math.max(
    0,
    ...a.flatMap((row, index) => [...row].map((value, place) => Math.abs(value - b[index]![place]!))),
  );
}

for (const logSoftmax of ['host', 'graph'] as const) {
  for (const model of models) {
    test(`the likeliest token is the greatest of the whole vocabulary (${model}, ${logSoftmax})`, async t => {
      await withPair({...exact, logSoftmax}, async pair => {
        t.is(pair.info.logSoftmax, logSoftmax);
        const {likeliest} = await pair.engine.modelLogprobs(model, [sequence!], {likeliest: true});
        const {tokens, logprobs} = likeliest![0]!;
        const {length} = sequence!.tokens;
        t.is(tokens.length, length - sequence!.from + 1);
        t.is(logprobs.length, tokens.length);
        for (const end of [sequence!.from, sequence!.from + 7, length - 2, length]) {
          const all = await distribution(pair, model, sequence!.tokens.slice(0, end));
          const sum = all.reduce((total, value) => total + Math.exp(value), 0);
          t.true(Math.abs(sum - 1) < 1e-4, `the probabilities add up to ${sum}`);
          const greatest = Math.max(...all);
          t.is(tokens[end - sequence!.from], all.indexOf(greatest));
          t.true(Math.abs(logprobs[end - sequence!.from]! - greatest) < tolerance);
        }
      });
    });
  }

  test(`a token that is the likeliest has the same log-probability to the bit (${logSoftmax})`, async t => {
    await withPair({logSoftmax}, async pair => {
      const sequences = cases.flatMap(sequencesOf);
      const {logprobs, likeliest} = await pair.engine.modelLogprobs('policy', sequences, {likeliest: true});
      const counts = {likeliest: 0, others: 0};
      for (const [index, {tokens, from}] of sequences.entries()) {
        for (const [place, logprob] of logprobs[index]!.entries()) {
          const best = likeliest![index]!;
          if (tokens[from + place] === best.tokens[place]) {
            counts.likeliest++;
            t.is(logprob, best.logprobs[place]!);
          } else {
            counts.others++;
            t.true(logprob <= best.logprobs[place]!);
          }
        }
      }

      t.true(counts.likeliest > 100 && counts.others > 100, JSON.stringify(counts));
    });
  });
}

test('one model gives the numbers that it gives beside the other, at half the work', async t => {
  const sequences = sequencesOf(cases[0]!);
  const both = await withPair({}, async pair => pair.engine.logprobs(sequences));
  for (const model of models) {
    await withPair({}, async pair => {
      const one = await pair.engine.modelLogprobs(model, sequences);
      t.deepEqual(one.logprobs, both[model]!);
      t.is(one.likeliest, null);
      t.deepEqual(
        [...one.evaluated],
        Array.from(both.evaluated, count => count / 2),
      );
      const evaluated = one.evaluated.reduce((sum, count) => sum + count);
      const needed = sequences.reduce((sum, {tokens}) => sum + tokens.length - 1, 0);
      t.deepEqual(pair.info.usage, {evaluated, reused: needed - evaluated});
    });
  }
});

test('base and adapter over one set of weights are told apart', async t => {
  const {reference} = arithmeticPair();
  await withPair({...exact, policy: reference, reference, lora: loraFile}, async pair => {
    const both = await pair.engine.logprobs([sequence!]);
    const policy = await pair.engine.modelLogprobs('policy', [sequence!], {likeliest: true});
    const plain = await pair.engine.modelLogprobs('reference', [sequence!], {likeliest: true});
    t.true(greatestDifference(policy.logprobs, both.policy) < tolerance);
    t.true(greatestDifference(plain.logprobs, both.reference!) < tolerance);
    t.notDeepEqual(policy.likeliest![0]!.tokens, plain.likeliest![0]!.tokens);
  });
});

test('where likeliest tokens are asked for the last token is evaluated too', async t => {
  await withPair({cacheSize: 0}, async pair => {
    const tokens = Int32Array.from({length: 40}, (_, index) => 60 + index);
    const call = async (from: number, likeliest: boolean) =>
      pair.engine.modelLogprobs('policy', [{tokens, from}], {likeliest});
    t.is((await call(10, true)).evaluated[0], 40);
    // The latest branch is kept. What the logits are wanted of is evaluated again.
    t.is((await call(10, true)).evaluated[0], 40 - 9);
    t.is((await call(10, false)).evaluated[0], 39 - 9);
    const next = await call(40, true);
    t.is(next.evaluated[0], 1);
    t.deepEqual([next.logprobs[0]!.length, next.likeliest![0]!.tokens.length], [0, 1]);
    const all = await call(1, true);
    t.is(all.likeliest![0]!.tokens.at(-1), next.likeliest![0]!.tokens[0]);
    const first = await pair.engine.modelLogprobs('policy', [{tokens: Int32Array.of(5), from: 1}], {
      likeliest: true,
    });
    t.is(first.likeliest![0]!.tokens.length, 1);
  });
});

test('a sequence that fills the context has a next token too', async t => {
  await withPair({batchSize: 64}, async pair => {
    const full = {tokens: new Int32Array(512), from: 510};
    const {likeliest, evaluated} = await pair.engine.modelLogprobs('policy', [full], {likeliest: true});
    t.is(likeliest![0]!.tokens.length, 3);
    t.is(evaluated[0], 512);
  });
});

for (const logSoftmax of ['host', 'graph'] as const) {
  test(`what earlier calls left in the cache does not know the likeliest, and is not asked (${logSoftmax})`, async t => {
    const lengths = [60, sequence!.tokens.length, 100];
    const calls = lengths.map(length => ({tokens: sequence!.tokens.slice(0, length), from: sequence!.from}));
    const alone: ModelLogprobs[] = [];
    for (const call of calls) {
      alone.push(
        await withPair({...exact, logSoftmax}, async pair =>
          pair.engine.modelLogprobs('policy', [call], {likeliest: true}),
        ),
      );
    }

    await withPair({...exact, logSoftmax}, async pair => {
      for (const [index, call] of [...calls.entries(), ...calls.entries()]) {
        await pair.engine.logprobs([call]);
        const {likeliest, evaluated} = await pair.engine.modelLogprobs('policy', [call], {likeliest: true});
        t.deepEqual(likeliest![0]!.tokens, alone[index]!.likeliest![0]!.tokens);
        t.true(
          greatestDifference([likeliest![0]!.logprobs], [alone[index]!.likeliest![0]!.logprobs]) < tolerance,
        );
        t.is(evaluated[0], call.tokens.length - call.from + 1);
      }
    });
  });

  test(`many calls of every kind at once give the numbers of each alone (${logSoftmax})`, async t => {
    const trees = Array.from({length: 8}, (_, seed) => randomTree(seed, 15));
    const ask = async (pair: Pair, tree: readonly TokenSequence[], index: number) =>
      pair.engine.modelLogprobs(models[index % 2]!, tree, {likeliest: index % 3 > 0});
    const alone = await withPair(exact, async pair => {
      const results = [];
      for (const [index, tree] of trees.entries()) {
        results.push(await ask(pair, tree, index));
      }

      return results;
    });
    await withPair({...exact, logSoftmax, batchSize: 64, contextSize: 330}, async pair => {
      const random = seededRandom(3);
      const calls = trees.map(async (tree, index) => {
        for (let wait = random(20); wait > 0; wait--) {
          await new Promise(resolve => setImmediate(resolve));
        }

        const beside = pair.engine.logprobs(tree);
        const {logprobs, likeliest} = await ask(pair, tree, index);
        const expected = alone[index]!;
        t.true(greatestDifference(logprobs, expected.logprobs) < tolerance);
        t.true(greatestDifference((await beside)[models[index % 2]!]!, expected.logprobs) < tolerance);
        t.is(likeliest === null, expected.likeliest === null);
        const differences = likeliest?.map(({logprobs: row}, at) =>
          greatestDifference([row], [expected.likeliest![at]!.logprobs]),
        );
        t.true(Math.max(0, ...(differences ?? [])) < tolerance);
      });
      await Promise.all(calls);
    });
  });
}

test('sequences inside one another and twice the same are each told the likeliest', async t => {
  const tokens = Int32Array.from({length: 60}, (_, index) => 40 + ((index * 7) % 150));
  const nested = [60, 1, 30, 60, 31, 59].map(length => ({tokens: tokens.slice(0, length), from: 1}));
  await withPair({...exact, batchSize: 32}, async pair => {
    const {likeliest} = await pair.engine.modelLogprobs('policy', nested, {likeliest: true});
    const whole = likeliest![0]!;
    for (const [index, {tokens: each}] of nested.entries()) {
      t.deepEqual(likeliest![index]!.tokens, whole.tokens.slice(0, each.length));
      t.deepEqual(likeliest![index]!.logprobs, whole.logprobs.slice(0, each.length));
    }
  });
});

test('progress is that of one model, and a signal stops the call with its reason', async t => {
  await withPair({}, async pair => {
    const reports: {tokens: number; total: number}[] = [];
    await pair.engine.modelLogprobs('reference', [sequence!], {
      likeliest: true,
      onProgress: report => void reports.push(report),
    });
    const {length} = sequence!.tokens;
    t.deepEqual(reports.at(-1), {tokens: length, total: length});
    const controller = new AbortController();
    const call = pair.engine.modelLogprobs('policy', randomTree(7, 300), {
      likeliest: true,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    t.is(await call.catch(error => error), controller.signal.reason);
    t.is((await pair.engine.modelLogprobs('policy', [sequence!])).logprobs.length, 1);
  });
});

test('what cannot be asked is refused', async t => {
  const refused = async (pair: Pair, model: string, from: number, likeliest: boolean, message: RegExp) =>
    t.throwsAsync(
      pair.engine.modelLogprobs(model as ModelName, [{tokens: Int32Array.of(1, 2, 3), from}], {likeliest}),
      {instanceOf: InvalidInputError, message},
    );
  await withPair({reference: undefined}, async pair => {
    await refused(pair, 'reference', 1, false, /no reference/);
    await refused(pair, 'base', 1, false, /'policy' or 'reference', not 'base'/);
    await refused(pair, 'policy', 3, false, /from.*1 to 2.*not 3/);
    await refused(pair, 'policy', 4, true, /from.*1 to 3.*not 4/);
    await refused(pair, 'policy', 0, true, /from.*1 to 3.*not 0/);
    t.is((await pair.engine.modelLogprobs('policy', [])).logprobs.length, 0);
  });
});
