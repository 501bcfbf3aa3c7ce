import {openPair, scoreSteps} from '../../lib/index.js';
import type {Driver, DriverOptions} from '../driver.js';
import type {BenchPair} from '../models.js';
import {forget} from './forget.js';

/** This library as it is meant to be used: one call for all responses to a prompt. */
export async function openImplicitPrm(
  {policy, reference}: BenchPair,
  options: DriverOptions,
): Promise<Driver> {
  const pair = await openPair({policy, reference, gpu: false, cacheSize: 0, ...options});
  return {
    name: 'implicit-prm',
    reset: async () => forget(pair),
    run: async ({prompt, responses}) => {
      const scored = await scoreSteps(pair, {prompt: {raw: prompt}, responses, complete: false});
      return {
        policy: scored.map(({tokens}) => tokens.policyLogprobs),
        reference: scored.map(({tokens}) => tokens.referenceLogprobs!),
      };
    },
    close: async () => pair.close(),
  };
}
