import {openPair, type Pair, scoreSteps} from '../../lib/index.js';
import type {Driver, DriverOptions} from '../driver.js';
import type {BenchPair} from '../models.js';
import {forget} from './forget.js';

/** This library as it is meant to be used: one call for all responses to a prompt. */
export async function openImplicitPrm(
  {policy, reference}: BenchPair,
  options: DriverOptions,
): Promise<Driver> {
  return implicitPrm(await openPair({policy, reference, gpu: false, cacheSize: 0, ...options}));
}

/** The same with a pair that is open. */
export function implicitPrm(pair: Pair): Driver {
  return {
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
