import {openPair} from '../../lib/index.js';
import type {Driver, DriverOptions} from '../driver.js';
import type {BenchPair} from '../models.js';
import {forget} from './forget.js';

/** What a script does: the same engine, one response after the other, the prompt evaluated anew for each. */
export async function openOneAtATime(
  {policy, reference}: BenchPair,
  options: DriverOptions,
): Promise<Driver> {
  const pair = await openPair({policy, reference, gpu: false, cacheSize: 0, ...options});
  return {
    run: async ({sequences}) => {
      const result: {policy: Float32Array[]; reference: Float32Array[]} = {policy: [], reference: []};
      for (const sequence of sequences) {
        // One token more for each model; without it the prompt would be known from the response before.
        await forget(pair);
        const logprobs = await pair.engine.logprobs([sequence]);
        result.policy.push(logprobs.policy[0]!);
        result.reference.push(logprobs.reference![0]!);
      }

      return result;
    },
    close: async () => pair.close(),
  };
}
