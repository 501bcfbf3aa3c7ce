import type {Pair} from '../../lib/index.js';

/** Empties the cache of a pair with `cacheSize: 0`: it then holds nothing but the latest sequence, which is made short. */
export async function forget(pair: Pair): Promise<void> {
  await pair.engine.logprobs([{tokens: Int32Array.of(1, 2), from: 1}]);
}
