import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {runScript} from '../helpers/run-script.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

const directory = temporaryDirectory();

/**
 * A library that holds the process up for a second, after llama.cpp's static objects are destroyed and before its
 * threads are: whatever still computes has the time to trip over them. `undefined` without a compiler.
 */
function lingeringExit(): string | undefined {
  const source = path.join(directory, 'linger.c');
  const library = path.join(directory, 'linger.so');
  writeFileSync(
    source,
    `#include <stdlib.h>
     #include <unistd.h>
     static void linger(void) { sleep(1); }
     __attribute__((constructor)) static void load(void) { atexit(linger); }`,
  );
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, source], {stdio: 'pipe'});
    return library;
  } catch {
    return undefined;
  }
}

test('leaving in the middle of the work is clean, however long the process takes to end', async t => {
  const library = process.platform === 'linux' ? lingeringExit() : undefined;
  if (library === undefined) {
    t.log('left out: not Linux, or no C compiler');
    t.pass();
    return;
  }

  const {code, signal, stderr} = await runScript(
    `
    import {bundledPair, openPair, scoreSteps} from './lib/index.js';
    const pair = await openPair({...bundledPair(), gpu: false, threads: 1});
    const responses = Array.from({length: 3000}, (_, i) => i + '1 + 1 = 2\\n\\nAnswer: 2');
    scoreSteps(pair, {prompt: 'x', responses}, {onProgress() { process.exit(7); }});
  `,
    [],
    // Behind a sanitizer, which has to be the first.
    {environment: {LD_PRELOAD: [process.env.LD_PRELOAD, library].filter(Boolean).join(' ')}},
  );
  t.deepEqual({code, signal, stderr}, {code: 7, signal: null, stderr: ''});
});
