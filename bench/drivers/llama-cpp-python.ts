import type {Driver, DriverOptions} from '../driver.js';
import type {BenchPair} from '../models.js';
import {openPython} from './python-process.js';

/** llama-cpp-python with `logits_all`, which keeps the prompt between responses, and numpy's log-softmax. */
export async function openLlamaCppPython(
  {policy, reference}: BenchPair,
  {threads, contextSize}: DriverOptions,
): Promise<Driver> {
  return openPython('llama_cpp_driver.py', [policy, reference, ...[threads, contextSize].map(String)]);
}
