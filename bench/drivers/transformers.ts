import {spawn, spawnSync} from 'node:child_process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {Driver, DriverOptions} from '../driver.js';
import type {BenchPair} from '../models.js';

const script = fileURLToPath(new URL('transformers_driver.py', import.meta.url));

/** A Python with torch, transformers and gguf: the one that `IMPLICIT_PRM_BENCH_PYTHON` names, or `python3`. */
export function pythonWithTransformers(): string | undefined {
  const python = process.env.IMPLICIT_PRM_BENCH_PYTHON ?? 'python3';
  const {status} = spawnSync(python, ['-c', 'import torch, transformers, gguf'], {stdio: 'ignore'});
  return status === 0 ? python : undefined;
}

/**
 * Hugging Face transformers in bfloat16, as the authors' evaluation script does it: each whole conversation through both
 * models, then a log-softmax over all logits.
 */
export async function openTransformers(
  {policy, reference}: BenchPair,
  {threads}: DriverOptions,
): Promise<Driver> {
  const child = spawn(pythonWithTransformers()!, [script, policy, reference, String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const read = async (): Promise<{policy: number[][]; reference: number[][]}> => {
    const {value, done} = await lines.next();
    if (done) {
      throw new Error('The Python program has ended.');
    }

    return JSON.parse(value);
  };
  await read();
  return {
    name: 'transformers',
    run: async ({sequences}) => {
      const work = sequences.map(({tokens, from}) => ({tokens: Array.from(tokens), from}));
      child.stdin.write(`${JSON.stringify(work)}\n`);
      const result = await read();
      return {
        policy: result.policy.map(row => Float32Array.from(row)),
        reference: result.reference.map(row => Float32Array.from(row)),
      };
    },
    close: async () => {
      child.stdin.end();
    },
  };
}
