import {fileURLToPath} from 'node:url';
import {openPair, type Pair, type PairOptions} from '../../lib/index.js';

const file = (name: string) => fileURLToPath(new URL(`../data/arithmetic/${name}`, import.meta.url));

/** The pair that the golden numbers in test/data are of: two models with all their weights. */
export function arithmeticPair(): {policy: string; reference: string} {
  return {policy: file('policy.gguf'), reference: file('reference.gguf')};
}

/** The adapter that makes the arithmetic pair's reference into (nearly) its policy. */
export const loraFile = file('policy-lora.gguf');

/** Keys and values as exact as they get: the golden numbers are met to 2e-4. */
export const exact = {kvCacheType: 'f32', flashAttention: false} as const;

/**
 * Opens the arithmetic pair, or another that is given, on the CPU, hands it over and closes it. One thread: more gain
 * nothing on so small a model, and lose much where something else uses the machine.
 */
export async function withPair<T>(
  options: Partial<PairOptions>,
  use: (pair: Pair) => Promise<T>,
): Promise<T> {
  const pair = await openPair({...arithmeticPair(), gpu: false, threads: 1, ...options});
  try {
    return await use(pair);
  } finally {
    await pair.close();
  }
}
