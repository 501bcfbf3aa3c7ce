import {fileURLToPath} from 'node:url';
import {bundledPair, openPair, type Pair, type PairOptions} from '../../lib/index.js';

/** The adapter that makes the bundled reference into (nearly) the bundled policy. */
export const loraFile = fileURLToPath(new URL('../data/policy-lora.gguf', import.meta.url));

/** Keys and values as exact as they get: the golden numbers are met to 2e-4. */
export const exact = {kvCacheType: 'f32', flashAttention: false} as const;

/**
 * Opens the bundled pair on the CPU, hands it over and closes it. One thread: more gain nothing on so small a model, and
 * lose much where something else uses the machine.
 */
export async function withPair<T>(
  options: Partial<PairOptions>,
  use: (pair: Pair) => Promise<T>,
): Promise<T> {
  const pair = await openPair({...bundledPair(), gpu: false, threads: 1, ...options});
  try {
    return await use(pair);
  } finally {
    await pair.close();
  }
}
