import type {Driver, DriverOptions} from '../driver.js';
import type {BenchPair} from '../models.js';
import {openPython} from './python-process.js';

/**
 * Hugging Face transformers in bfloat16, as the authors' evaluation script does it: each whole conversation through both
 * models, then a log-softmax over all logits.
 */
export async function openTransformers(
  {policy, reference}: BenchPair,
  {threads}: DriverOptions,
): Promise<Driver> {
  return openPython('transformers_driver.py', [policy, reference, String(threads)]);
}
