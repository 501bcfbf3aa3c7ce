import {truncate, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import {bundledPair} from '../../lib/index.js';
import {usefulThreads} from '../../lib/utils/useful-threads.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

const all = os.availableParallelism();

test('the model that ships gets one thread', async t => {
  t.is(await usefulThreads(bundledPair().reference), 1);
});

test('a model gets a thread for each 8 MiB, up to all of them', async t => {
  const file = path.join(temporaryDirectory(), 'model.gguf');
  await writeFile(file, '');
  for (const [mebibytes, threads] of [
    [7, 1],
    [8, 2],
    [31, 4],
    [100_000, 100_000],
  ] as const) {
    await truncate(file, mebibytes * 2 ** 20);
    t.is(await usefulThreads(file), Math.min(threads, all));
  }
});

test('the first of several files is of a large model, and a missing one is no matter yet', async t => {
  t.is(await usefulThreads('/nowhere/model-00001-of-00002.gguf'), all);
  t.is(await usefulThreads('/nowhere/model.gguf'), all);
});
