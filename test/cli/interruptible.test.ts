import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {Interruption, interruptible} from '../../lib/cli/interruptible.js';

for (const [signal, exitCode] of [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test.serial(`${signal} aborts the work, for the process to end in good order`, async t => {
    const error = await t.throwsAsync(
      interruptible(async aborted => {
        process.kill(process.pid, signal);
        await sleep(60_000, undefined, {signal: aborted});
      }),
      {instanceOf: Interruption},
    );
    t.is((error as Interruption).exitCode, exitCode);
    t.is(process.listenerCount(signal), 0);
  });
}

test.serial(
  'a library that ends a process in which it alone hears a signal finds that it is not alone',
  async t => {
    let hearing = 0;
    const library = () => {
      hearing = process.listenerCount('SIGINT');
    };
    await t.throwsAsync(
      interruptible(async aborted => {
        process.on('SIGINT', library);
        process.kill(process.pid, 'SIGINT');
        await sleep(60_000, undefined, {signal: aborted});
      }),
      {instanceOf: Interruption},
    );
    process.off('SIGINT', library);
    t.is(hearing, 2);
  },
);

test('work that no signal disturbs returns what it does, or throws it', async t => {
  t.is(await interruptible(async () => 7), 7);
  await t.throwsAsync(
    interruptible(async () => Promise.reject(new Error('its own'))),
    {message: 'its own'},
  );
});
