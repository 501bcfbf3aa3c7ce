import test from 'ava';
import type {TokenSequence} from '../../lib/index.js';
import {greatestDifference, type Rows} from '../helpers/greatest-difference.js';
import {exact, withPair} from '../helpers/pairs.js';
import {seededRandom} from '../helpers/random-tree.js';
import {slidingWindowModel} from '../helpers/sliding-window-model.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

const directory = temporaryDirectory();
const models = {
  policy: slidingWindowModel(directory, {seed: 1, window: 24}),
  reference: slidingWindowModel(directory, {seed: 2, window: 24}),
};

/** Calls that come back to what earlier ones left, at places far from its end. */
function calls(): TokenSequence[] {
  const random = seededRandom(3);
  const fresh = (length: number) => Int32Array.from({length}, () => 1 + random(200));
  const trunks = Array.from({length: 3}, () => fresh(250));
  return Array.from({length: 40}, () => {
    const trunk = trunks[random(trunks.length)]!;
    const kept = trunk.subarray(0, 20 + random(230));
    const tokens = Int32Array.from([...kept, ...fresh(1 + random(40))]);
    return {tokens, from: kept.length};
  });
}

test('what a sliding window has given away is not gone on from', async t => {
  const sequences = calls();
  const alone: Rows = {policy: [], reference: []};
  await withPair({...exact, ...models, contextSize: 320, batchSize: 32, cacheSize: 0}, async pair => {
    for (const sequence of sequences) {
      // Leaves nothing in the cache that the next could go on from.
      await pair.engine.logprobs([{tokens: Int32Array.of(0, 0), from: 1}]);
      const {policy, reference} = await pair.engine.logprobs([sequence]);
      alone.policy.push(policy[0]!);
      alone.reference!.push(reference![0]!);
    }
  });
  await withPair({...exact, ...models, contextSize: 320, batchSize: 32, cacheSize: 600}, async pair => {
    const cached: Rows = {policy: [], reference: []};
    for (const sequence of sequences) {
      const {policy, reference} = await pair.engine.logprobs([sequence]);
      cached.policy.push(policy[0]!);
      cached.reference!.push(reference![0]!);
    }

    t.true(pair.info.usage.reused > 0);
    t.true(greatestDifference(cached, alone) <= 1e-2, String(greatestDifference(cached, alone)));
    const together = await pair.engine.logprobs(sequences);
    t.true(greatestDifference(together, alone) <= 1e-2);
  });
});
