import test from 'ava';
import type {TokenSequence} from '../../lib/index.js';
import {withPair} from '../helpers/pairs.js';
import {seededRandom} from '../helpers/random-tree.js';

/** A trace of which the last tokens are to be scored; traces of different seeds part after 300 tokens. */
function trace(seed: number, length: number, step: number): TokenSequence {
  const random = seededRandom(seed);
  const tokens = Int32Array.from({length}, (_, position) => (position < 300 ? position % 200 : random(200)));
  return {tokens, from: length - step};
}

test('two traces that part late grow in turns, each at the cost of its step', async t => {
  await withPair({cacheSize: 100}, async pair => {
    await pair.engine.logprobs([trace(1, 320, 20)]);
    await pair.engine.logprobs([trace(2, 320, 20)]);
    for (const length of [340, 360, 380]) {
      for (const seed of [1, 2]) {
        const {evaluated} = await pair.engine.logprobs([trace(seed, length, 20)]);
        // The last token is only predicted, that before the first is evaluated again for its logits.
        t.true(evaluated[0]! <= 2 * 21, `${evaluated[0]} tokens`);
      }
    }
  });
});

test('beside the latest branch just as much is kept as asked for, the oldest goes first', async t => {
  await withPair({cacheSize: 100}, async pair => {
    for (const seed of [1, 2, 3, 4, 5]) {
      await pair.engine.logprobs([trace(seed, 350, 50)]);
    }

    const lastToken = async (seed: number) =>
      (await pair.engine.logprobs([trace(seed, 350, 1)])).evaluated[0]!;
    t.deepEqual([await lastToken(5), await lastToken(3)], [2, 2]);
    t.is(await lastToken(1), 2 * 49);
  });
});
