import test from 'ava';
import type {Pair} from '../../lib/index.js';
import {type GoldenCase, readData, sequencesOf} from '../helpers/golden.js';
import {greatestDifference, type Rows} from '../helpers/greatest-difference.js';
import {exact, withPair} from '../helpers/pairs.js';
import {randomTree} from '../helpers/random-tree.js';

const cases = readData<GoldenCase>('logprobs.jsonl');
// Enough of them to differ in everything; test/native/golden.test.ts has them all.
const sequences = cases.filter((_, index) => index % 4 === 0 || index > 11).flatMap(sequencesOf);
const tolerance = 1e-3;

/** Evaluates the sequences in calls of the given groups, and puts the results back in order. */
async function inGroups(pair: Pair, groups: readonly (readonly number[])[]): Promise<Rows> {
  const result: Rows = {policy: [], reference: []};
  for (const group of groups) {
    const part = await pair.engine.logprobs(group.map(index => sequences[index]!));
    for (const [position, index] of group.entries()) {
      result.policy[index] = part.policy[position]!;
      result.reference![index] = part.reference![position]!;
    }
  }

  return result;
}

const indices = [...sequences.keys()];
const oneByOne = indices.map(index => [index]);

let baseline: Rows;
test.before(async () => {
  baseline = await withPair({...exact, batchSize: 512}, async pair => inGroups(pair, oneByOne));
});

test('all sequences at once give the numbers of one at a time', async t => {
  const together = await withPair(exact, async pair => pair.engine.logprobs(sequences));
  t.true(greatestDifference(together, baseline) <= tolerance);
});

test('another order gives the same numbers', async t => {
  const reversed = indices.toReversed();
  const result = await withPair(exact, async pair => inGroups(pair, [reversed]));
  t.true(greatestDifference(result, baseline) <= tolerance);
});

for (const batchSize of [32, 50, 100, 2048]) {
  test(`a batch of ${batchSize} tokens gives the same numbers`, async t => {
    const result = await withPair({...exact, batchSize}, async pair => inGroups(pair, [indices]));
    t.true(greatestDifference(result, baseline) <= tolerance);
  });
}

test('the number of threads changes nothing', async t => {
  const result = await withPair({...exact, threads: 2}, async pair => inGroups(pair, [indices]));
  t.true(greatestDifference(result, baseline) <= tolerance);
});

test('what an earlier call left in the cache changes nothing', async t => {
  const [first] = sequencesOf(cases[0]!);
  const lengths = [60, 100, first!.tokens.length];
  await withPair(exact, async pair => {
    // The trace grows, shrinks and branches off: each call finds a part of itself evaluated.
    const calls = [...lengths, ...lengths.toReversed(), ...lengths].map(length => ({
      tokens: first!.tokens.slice(0, length),
      from: first!.from,
    }));
    for (const call of calls) {
      const {policy} = await pair.engine.logprobs([call]);
      for (const [position, value] of policy[0]!.entries()) {
        t.true(Math.abs(value - baseline.policy[0]![position]!) <= tolerance);
      }
    }
  });
});

test('scoring the end of a known trace gives the numbers of scoring it whole', async t => {
  const whole = sequences[0]!;
  const tail = {tokens: whole.tokens, from: whole.tokens.length - 20};
  await withPair(exact, async pair => {
    await pair.engine.logprobs([whole]);
    const {policy} = await pair.engine.logprobs([tail]);
    const expected = baseline.policy[0]!.slice(-20);
    t.true(policy[0]!.every((value, position) => Math.abs(value - expected[position]!) <= tolerance));
  });
});

for (const seed of [1, 2, 3, 4]) {
  test(`a random tree of sequences gives the numbers of its sequences alone (seed ${seed})`, async t => {
    const tree = randomTree(seed);
    const alone: Rows = {policy: [], reference: []};
    await withPair({...exact, batchSize: 256}, async pair => {
      for (const sequence of tree) {
        const {policy, reference} = await pair.engine.logprobs([sequence]);
        alone.policy.push(policy[0]!);
        alone.reference!.push(reference![0]!);
      }
    });
    for (const logSoftmax of ['host', 'graph'] as const) {
      await withPair({...exact, batchSize: 64, logSoftmax}, async pair => {
        t.is(pair.info.logSoftmax, logSoftmax);
        const together = await pair.engine.logprobs(tree);
        t.true(greatestDifference(together, alone) <= tolerance);
        const again = await pair.engine.logprobs(tree.toReversed());
        t.true(
          greatestDifference(
            {policy: again.policy.toReversed(), reference: again.reference!.toReversed()},
            alone,
          ) <= tolerance,
        );
      });
    }
  });
}

test('nested sequences, each the beginning of the next, are all scored', async t => {
  const tokens = Int32Array.from({length: 200}, (_, index) => (index * 7) % 200);
  const nested = Array.from({length: 198}, (_, index) => ({tokens: tokens.slice(0, index + 2), from: 1}));
  await withPair({...exact, batchSize: 32}, async pair => {
    const {policy} = await pair.engine.logprobs(nested);
    const longest = policy.at(-1)!;
    t.true(policy.every(row => row.every((value, index) => value === longest[index])));
  });
});

test('a thousand responses are scored in waves', async t => {
  const golden = cases.find(({id}) => id === 'arith-9');
  const [sequence] = sequencesOf(golden!);
  const many = Array.from({length: 1000}, (_, index) => {
    const tokens = sequence!.tokens.slice();
    tokens[golden!.promptTokens.length + 20] = index % 250;
    return {tokens, from: sequence!.from};
  });
  await withPair(exact, async pair => {
    const {policy} = await pair.engine.logprobs(many);
    const [alone] = (await pair.engine.logprobs([many[777]!])).policy;
    t.true(policy[777]!.every((value, index) => Math.abs(value - alone![index]!) <= tolerance));
  });
});
