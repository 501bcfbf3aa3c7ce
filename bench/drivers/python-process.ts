import {spawn, spawnSync} from 'node:child_process';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {Driver} from '../driver.js';

/** The Python of the Python rivals: the one that `IMPLICIT_PRM_BENCH_PYTHON` names, or `python3`. */
export const python = process.env.IMPLICIT_PRM_BENCH_PYTHON ?? 'python3';

/** Whether that Python has these modules. */
export function pythonHas(...modules: readonly string[]): boolean {
  return spawnSync(python, ['-c', `import ${modules.join(', ')}`], {stdio: 'ignore'}).status === 0;
}

/**
 * Starts a Python program that prints a line once it is ready. Then each line of input is a list of `{tokens, from}`, and
 * each line of output `{policy, reference}` with a list of log-probabilities for each.
 */
export async function openPython(script: string, args: readonly string[]): Promise<Driver> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(python, [file, ...args], {stdio: ['pipe', 'pipe', 'inherit']});
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const read = async (): Promise<{policy: number[][]; reference: number[][]}> => {
    const {value, done} = await lines.next();
    if (done) {
      throw new Error(`${script} has ended.`);
    }

    return JSON.parse(value);
  };
  await read();
  return {
    run: async ({sequences}) => {
      const work = sequences.map(({tokens, from}) => ({tokens: Array.from(tokens), from}));
      child.stdin.write(`${JSON.stringify(work)}\n`);
      const {policy, reference} = await read();
      return {
        policy: policy.map(row => Float32Array.from(row)),
        reference: reference.map(row => Float32Array.from(row)),
      };
    },
    close: async () => {
      child.stdin.end();
    },
  };
}
