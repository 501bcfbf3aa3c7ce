import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {arithmeticPair} from '../../test/helpers/pairs.js';
import {quantise} from '../quantise.js';
import type {WeightType} from './weight-types.js';

const directory = fileURLToPath(new URL('../../build/bench/quantisation', import.meta.url));

/** The arithmetic pair with weights of another type. */
export interface Variant {
  type: WeightType;
  policy: string;
  reference: string;
  /** An adapter for the policy. */
  lora?: string;
  /** Which share of the parameters has which type; vectors, such as norms, are never quantised. */
  shares: Record<string, number>;
}

/**
 * Quantises the arithmetic pair, which is F32.
 *
 * @param quantize - the path of llama.cpp's llama-quantize
 */
export function makeVariant(type: WeightType, quantize: string): Variant {
  const {policy, reference} = arithmeticPair();
  if (type === 'F32') {
    return {type, policy, reference, shares: {F32: 1}};
  }

  mkdirSync(directory, {recursive: true});
  const make = (name: string, from: string) => {
    const to = join(directory, `${name}-${type}.gguf`);
    return {to, shares: sharesIn(quantise(quantize, from, to, type))};
  };
  const made = make('policy', policy);
  return {type, policy: made.to, reference: make('reference', reference).to, shares: made.shares};
}

/** Reads which tensor got which type from what llama-quantize prints. */
function sharesIn(output: string): Record<string, number> {
  const tensor = /- \[([ \d,]+)\], type = +(\w+)(?:, converting to (\w+))?/gu;
  const counts = new Map<string, number>();
  let total = 0;
  for (const [, shape, from, to] of output.matchAll(tensor)) {
    const elements = shape!.split(',').reduce((product, size) => product * Number(size), 1);
    const type = (to ?? from)!.toUpperCase();
    counts.set(type, (counts.get(type) ?? 0) + elements);
    total += elements;
  }

  if (total === 0) {
    throw new Error(`llama-quantize named no tensor:\n${output}`);
  }

  return Object.fromEntries([...counts].map(([type, count]) => [type, count / total]));
}
