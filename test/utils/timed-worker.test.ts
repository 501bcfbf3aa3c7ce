import {setImmediate} from 'node:timers/promises';
import test from 'ava';
import {TimedWorker, TimeLimitError} from '../../lib/utils/timed-worker.js';

const open = (timeLimit: number) =>
  new TimedWorker<string, string>(import.meta.url, 'looping-worker', {timeLimit, memoryLimit: 64});

test('jobs run in order, and those that wait are done after one that fails', async t => {
  await using worker = open(60_000);
  const jobs = ['a', 'throw', 'b'].map(job => worker.run(job));
  t.deepEqual(
    (await Promise.allSettled(jobs)).map(result =>
      result.status === 'fulfilled' ? result.value : result.reason.message,
    ),
    ['A', 'mine', 'B'],
  );
});

test('a job that loops ends at its time limit, and the next gets another thread', async t => {
  await using worker = open(500);
  await t.throwsAsync(worker.run('loop'), {instanceOf: TimeLimitError, message: /500 ms/});
  t.is(await worker.run('a'), 'A');
});

test('an answer that came in time counts, however long this thread was too busy to read it', async t => {
  await using worker = open(1000);
  await worker.run('a');
  for (const job of ['b', 'c']) {
    // Else the answer would be read with the one before, whose callback this is.
    await setImmediate();
    const answer = worker.run(job);
    // Nothing but this thread waits: the worker has answered long before.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    t.is(await answer, job.toUpperCase());
  }
});

test('a job that takes all memory ends alone', async t => {
  await using worker = open(60_000);
  await t.throwsAsync(worker.run('hoard'), {code: 'ERR_WORKER_OUT_OF_MEMORY'});
  t.is(await worker.run('a'), 'A');
});

test('an abort ends a job that runs, and one that waits', async t => {
  await using worker = open(60_000);
  await worker.run('a');
  const [running, waiting] = [new AbortController(), new AbortController()];
  const loop = worker.run('loop', running.signal);
  const next = worker.run('b', waiting.signal);
  const last = worker.run('c');
  waiting.abort(new Error('second'));
  running.abort(new Error('first'));
  await t.throwsAsync(loop, {message: 'first'});
  await t.throwsAsync(next, {message: 'second'});
  t.is(await last, 'C');
});

test('closing rejects what is under way', async t => {
  const worker = open(60_000);
  await worker.run('a');
  const jobs = [worker.run('loop'), worker.run('b')];
  await worker.close();
  for (const result of await Promise.allSettled(jobs)) {
    t.is(result.status, 'rejected');
  }
});
