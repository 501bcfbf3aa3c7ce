import test from 'ava';
import type {Pair, TokenSequence} from '../../lib/index.js';
import {greatestDifference, type Rows} from '../helpers/greatest-difference.js';
import {exact, withPair} from '../helpers/pairs.js';
import {randomTree, seededRandom} from '../helpers/random-tree.js';

// One after the other: models that load meanwhile would hold calls up before they reach the engine.

const tolerance = 1e-3;

/** Sequences of `length` tokens that have the first `shared` in common. */
function sequences(count: number, {shared, length}: {shared: number; length: number}): TokenSequence[] {
  return Array.from({length: count}, (_, index) => {
    const random = seededRandom(index);
    const tokens = Int32Array.from({length}, (_, position) =>
      position < shared ? position % 200 : random(200),
    );
    return {tokens, from: shared};
  });
}

/** Starts a call that is much work, and resolves once it is under way. */
async function occupy(pair: Pair, count: number, signal?: AbortSignal) {
  let fraction = 0;
  let start: () => void;
  const underWay = new Promise<void>(resolve => {
    start = resolve;
  });
  const work = pair.engine.logprobs(sequences(count, {shared: 10, length: 120}), {
    signal,
    onProgress: ({tokens, total}) => {
      fraction = tokens / total;
      start();
    },
  });
  work.catch(() => {});
  await underWay;
  return {work, fraction: () => fraction};
}

test.serial('a small call beside a huge one is done long before it', async t => {
  await withPair({}, async pair => {
    const controller = new AbortController();
    const {work, fraction} = await occupy(pair, 300, controller.signal);
    await pair.engine.logprobs(sequences(1, {shared: 50, length: 100}));
    t.true(fraction() < 0.5, `the huge call was at ${fraction()}`);
    controller.abort();
    t.is(await work.catch(error => error), controller.signal.reason);
  });
});

test.serial('nor is a small call held up by a huge one that comes with it', async t => {
  await withPair({}, async pair => {
    const before = await occupy(pair, 3);
    const controller = new AbortController();
    let fraction = 0;
    // The small one begins like one of the huge one's, far down its tree.
    const small = sequences(150, {shared: 10, length: 60}).slice(-1);
    const huge = pair.engine.logprobs(sequences(300, {shared: 10, length: 120}), {
      signal: controller.signal,
      onProgress: ({tokens, total}) => {
        fraction = tokens / total;
      },
    });
    huge.catch(() => {});
    await pair.engine.logprobs(small);
    t.true(fraction < 0.3, `the huge call was at ${fraction}`);
    controller.abort();
    await before.work;
  });
});

test.serial('large calls of one size are evaluated one after the other', async t => {
  await withPair({}, async pair => {
    const all = sequences(120, {shared: 10, length: 120});
    const fractions = [0, 0];
    const calls = [all.slice(0, 60), all.slice(60)].map(async (some, index) =>
      pair.engine.logprobs(some, {
        onProgress: ({tokens, total}) => {
          fractions[index] = tokens / total;
        },
      }),
    );
    // Whichever came first.
    await Promise.race(calls);
    t.true(Math.min(...fractions) < 0.3, `they were at ${fractions.join(' and ')}`);
    await Promise.all(calls);
    t.deepEqual(fractions, [1, 1]);
  });
});

test.serial('calls that wait together evaluate what they have in common once', async t => {
  // Enough for everything to be kept should the first of the calls be done before the others come.
  await withPair({cacheSize: 3000}, async pair => {
    const {work} = await occupy(pair, 20);
    const calls = sequences(8, {shared: 200, length: 220}).map(sequence => pair.engine.logprobs([sequence]));
    const evaluated = (await Promise.all(calls)).map(result => result.evaluated[0]!);
    // Both models; the last token is only predicted, and the first ten the call under way knows. A call that misses the
    // batch of the others in a model goes on there from their prompt, but for its last token, whose logits are gone.
    const total = evaluated.reduce((sum, count) => sum + count);
    t.true(total >= 2 * (190 + 8 * 19) && total <= 2 * (190 + 8 * 20) + 10, evaluated.join());
    await work;
  });
});

test.serial('a call goes on from the prompt of one under way', async t => {
  await withPair({}, async pair => {
    const {work} = await occupy(pair, 60);
    const [sequence] = sequences(300, {shared: 10, length: 120}).slice(-1);
    const {evaluated} = await pair.engine.logprobs([sequence!]);
    // Of the ten tokens in common the last is evaluated again for its logits; one model may not have begun with them.
    t.true(evaluated[0]! >= 2 * (119 - 10) && evaluated[0]! <= 119 + (119 - 9), String(evaluated[0]));
    await work;
  });
});

test.serial('a call waits for a prompt that another is busy with', async t => {
  // Room for both at a time.
  await withPair({batchSize: 32, cacheSize: 600}, async pair => {
    const [first, second, other] = sequences(3, {shared: 400, length: 420});
    let later: ReturnType<typeof pair.engine.logprobs> | undefined;
    const begun = pair.engine.logprobs([first!, other!], {
      onProgress: () => {
        later ??= pair.engine.logprobs([second!]);
      },
    });
    t.deepEqual([...(await begun).evaluated], [2 * 419, 2 * 19]);
    const {evaluated} = (await later)!;
    // The prompt's last token is evaluated again for its logits, but in a model that hadn't begun.
    t.true(evaluated[0]! >= 2 * 19 && evaluated[0]! <= 2 * 20, String(evaluated[0]));
  });
});

test.serial('a call withdrawn leaves those it is evaluated with alone', async t => {
  await withPair(exact, async pair => {
    const tree = randomTree(5);
    const alone = await pair.engine.logprobs(tree);
    const {work} = await occupy(pair, 20);
    const controller = new AbortController();
    const withdrawn = pair.engine.logprobs(tree, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    const kept = pair.engine.logprobs(tree);
    t.is(await withdrawn.catch(error => error), controller.signal.reason);
    t.true(greatestDifference(await kept, alone) <= tolerance);
    await work;
  });
});

for (const options of [
  {batchSize: 64, logSoftmax: 'host'},
  {batchSize: 64, contextSize: 330, logSoftmax: 'graph'},
  {batchSize: 32, contextSize: 300, cacheSize: 0, logSoftmax: 'host'},
  {batchSize: 256, cacheSize: 2000, logSoftmax: 'host'},
] as const) {
  test(`many calls at once, some withdrawn, give the numbers of each alone: ${JSON.stringify(options)}`, async t => {
    const trees = Array.from({length: 12}, (_, seed) => randomTree(seed % 9, 15));
    const alone: Rows[] = [];
    await withPair(exact, async pair => {
      for (const tree of trees) {
        alone.push(await pair.engine.logprobs(tree));
      }
    });
    await withPair({...exact, ...options}, async pair => {
      const random = seededRandom(options.batchSize);
      const calls = trees.map(async (tree, index) => {
        const controller = new AbortController();
        const limit = random(3) === 0 ? random(400) : Number.POSITIVE_INFINITY;
        for (let wait = random(20); wait > 0; wait--) {
          await new Promise(resolve => setImmediate(resolve));
        }

        const onProgress = ({tokens}: {tokens: number}) => {
          if (tokens > limit) {
            controller.abort();
          }
        };
        const result = await pair.engine
          .logprobs(tree, {signal: controller.signal, onProgress})
          .catch(error => {
            t.is(error, controller.signal.reason);
          });
        return result ? greatestDifference(result, alone[index]!) : 0;
      });
      t.true(Math.max(...(await Promise.all(calls))) <= tolerance);
      const again = await pair.engine.logprobs(trees[0]!);
      t.true(greatestDifference(again, alone[0]!) <= tolerance);
    });
  });
}
