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

test('work that no signal disturbs returns what it does, or throws it', async t => {
  t.is(await interruptible(async () => 7), 7);
  await t.throwsAsync(
    interruptible(async () => Promise.reject(new Error('its own'))),
    {message: 'its own'},
  );
});
