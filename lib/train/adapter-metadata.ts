import type {z} from 'zod';
import {baseFingerprintKey, baseNameKey} from '../pair/adapter-base.js';
import {packageVersion} from '../utils/package-version.js';
import {recipeOf} from './run/training-identity.js';
import type {CheckedTrainOptions} from './train-options.js';

/** What an adapter is of. */
export interface AdapterOrigin {
  /** The base's name, empty if it has none. */
  name: string;
  /** Of the base's file. */
  fingerprint: string;
  /** The step that the adapter is of. */
  step: number;
  /** The fingerprint of the adapter that it was gone on from, if from one. */
  initialAdapter?: z.core.util.JSONType | undefined;
}

/** What is written into an adapter: how to use it, what it belongs to, how it was made. */
export function adapterMetadata(
  options: CheckedTrainOptions,
  {name, fingerprint, step, initialAdapter}: AdapterOrigin,
): Record<string, string | number> {
  const training = Object.fromEntries(
    Object.entries({...recipeOf(options), step, 'initial-adapter': initialAdapter}).map(([key, value]) => [
      key.replace(/^--/u, ''),
      value,
    ]),
  );
  return {
    'general.name': name === '' ? 'implicit PRM' : `${name} implicit PRM`,
    ...(options.objective === 'sft' ? {} : {'implicit_prm.beta': options.beta}),
    'implicit_prm.objective': options.objective,
    [baseNameKey]: name,
    [baseFingerprintKey]: fingerprint,
    'implicit_prm.training': JSON.stringify(training),
    'implicit_prm.version': packageVersion(),
  };
}
