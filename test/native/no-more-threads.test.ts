import {existsSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {runScript} from '../helpers/run-script.js';

const mebi = 2 ** 20;

/** Whether a process can be limited while it runs. */
const canLimit = process.platform === 'linux' && existsSync('/usr/bin/prlimit');

/**
 * Opens a pair in a process whose further memory suffices for so many threads and no more: a thread there takes a stack
 * of 512 MiB, so that what the process takes besides does not matter.
 */
async function openWithThreads(count: number) {
  return runScript(
    `
    import {execFileSync} from 'node:child_process';
    import {readFileSync} from 'node:fs';
    import {bundledPair, openPair, scoreSteps} from './lib/index.js';
    const limit = bytes => execFileSync('prlimit', ['--pid', String(process.pid), '--data=' + bytes + ':unlimited']);
    const options = {...bundledPair(), gpu: false, threads: 1};
    const data = 1024 * Number(/VmData:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    limit(data + ${200 * mebi + count * 520 * mebi});
    try {
      await openPair(options);
      console.log('opened');
    } catch (error) {
      console.log(error.name, error.code, error.message);
    }
    limit('unlimited');
    const pair = await openPair(options);
    console.log(Number.isFinite((await scoreSteps(pair, {prompt: 'x', response: 'y'})).reward));
    await pair.close();
  `,
    [],
    {wrapper: ['prlimit', `--stack=${512 * mebi}:${512 * mebi}`]},
  );
}

for (const [what, threads] of [
  ['the pair itself', 0],
  ['its tokeniser', 1],
  ['a model', 2],
  ['the other model', 3],
] as const) {
  test(`where there is no thread for ${what} an error says so, and the process goes on`, async t => {
    if (!canLimit) {
      t.log('left out: only Linux can limit a process that runs');
      t.pass();
      return;
    }

    const {code, signal, stdout, stderr} = await openWithThreads(threads);
    t.regex(stdout, /^EvaluationError OUT_OF_MEMORY The system allows no further thread.*\ntrue\n$/);
    t.deepEqual({code, signal, stderr}, {code: 0, signal: null, stderr: ''});
  });
}
