import {readdirSync, readFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {EngineProcess} from '../../../lib/engine/isolated/engine-process.js';
import {bundledPair, EngineCrashedError, openPair, PairClosedError, scoreSteps} from '../../../lib/index.js';
import {withPair} from '../../helpers/pairs.js';
import {engineOf, hasEnded, sequence, startMuchWork} from './isolated-pair.js';

const isolate = true;

test('a crash rejects what is pending with its signal, and the next call starts the engine again', async t => {
  await withPair({isolate}, async pair => {
    const before = await pair.engine.logprobs([sequence!]);
    const pid = engineOf(pair)!;
    const {work} = await startMuchWork(pair);
    const other = pair.engine.logprobs([sequence!]);
    other.catch(() => {});
    process.kill(pid, 'SIGSEGV');
    const error = await t.throwsAsync<EngineCrashedError>(work, {
      instanceOf: EngineCrashedError,
      code: 'ENGINE_CRASHED',
      message: /ended by SIGSEGV/,
    });
    t.like(error, {name: 'EngineCrashedError', signal: 'SIGSEGV', exitCode: null});
    t.true(error!.log.length > 0);
    await t.throwsAsync(other, {instanceOf: EngineCrashedError});
    t.is(engineOf(pair), undefined);

    const [after, again] = await Promise.all([
      pair.engine.logprobs([sequence!]),
      scoreSteps(pair, {prompt: 'x', response: 'y'}),
    ]);
    const [expected] = before.policy;
    t.true(after.policy[0]!.every((value, index) => Math.abs(value - expected![index]!) < 0.05));
    t.true(Number.isFinite(again.reward));
    t.not(engineOf(pair), pid);
  });
});

test('a crash while nobody waits is mended by the next call', async t => {
  await withPair({isolate}, async pair => {
    const pid = engineOf(pair)!;
    process.kill(pid, 'SIGABRT');
    await hasEnded(pid);
    // Its end is heard of a turn later.
    while (engineOf(pair) !== undefined) {
      await new Promise(resolve => setImmediate(resolve));
    }

    t.is((await pair.engine.logprobs([sequence!])).policy.length, 1);
  });
});

test('an engine that only crashes is not started for ever', async t => {
  await withPair({isolate}, async pair => {
    const crash = async () => {
      const {work} = await startMuchWork(pair);
      process.kill(engineOf(pair)!, 'SIGABRT');
      await t.throwsAsync(work, {code: 'ENGINE_CRASHED'});
    };
    await crash();
    await crash();
    // A call that succeeds starts the count again.
    await pair.engine.logprobs([sequence!]);
    await crash();
    await crash();
    await crash();
    const refused = pair.engine.logprobs([sequence!]);
    await t.throwsAsync(refused, {code: 'ENGINE_CRASHED', message: /3 times.*SIGABRT/});
    await t.throwsAsync(scoreSteps(pair, {prompt: 'x', response: 'y'}), {code: 'ENGINE_CRASHED'});
    t.is(engineOf(pair), undefined);
    await pair.close();
    await t.throwsAsync(pair.engine.logprobs([sequence!]), {instanceOf: PairClosedError});
  });
});

test('a crash while the models load rejects the opening', async t => {
  if (process.platform !== 'linux') {
    t.pass('the process is looked for in /proc');
    return;
  }

  const opening = openPair({...bundledPair(), gpu: false, isolate, onLog: () => killChildren()});
  await t.throwsAsync(opening, {instanceOf: EngineCrashedError, message: /ended by SIGSEGV/});
});

function killChildren(): void {
  for (const thread of readdirSync('/proc/self/task')) {
    for (const child of readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ')) {
      // TypeScript's compiler is a child too.
      if (child !== '' && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('isolated/child')) {
        process.kill(Number(child), 'SIGSEGV');
      }
    }
  }
}

test('a signal ends the wait for an engine that starts again', async t => {
  await withPair({isolate}, async pair => {
    const {work} = await startMuchWork(pair);
    process.kill(engineOf(pair)!, 'SIGSEGV');
    await t.throwsAsync(work, {code: 'ENGINE_CRASHED'});
    const controller = new AbortController();
    const call = pair.engine.logprobs([sequence!], {signal: controller.signal});
    const reason = new Error('too slow');
    controller.abort(reason);
    t.is(await t.throwsAsync(call), reason);
    t.is((await pair.engine.logprobs([sequence!])).policy.length, 1);
  });
});

test('closing while the engine starts again is clean', async t => {
  await withPair({isolate}, async pair => {
    const {work} = await startMuchWork(pair);
    process.kill(engineOf(pair)!, 'SIGSEGV');
    await t.throwsAsync(work, {code: 'ENGINE_CRASHED'});
    const call = pair.engine.logprobs([sequence!]);
    call.catch(() => {});
    await pair.close();
    await t.throwsAsync(call, {instanceOf: PairClosedError});
    t.is(engineOf(pair), undefined);
  });
});

test('a process that cannot be started is an error, not an event that nobody hears', async t => {
  let ended = () => {};
  const end = new Promise<void>(resolve => {
    ended = resolve;
  });
  const started = new EngineProcess('/no/such/folder', {onEnd: () => ended()});
  const {promise} = started.call('describe', []);
  await t.throwsAsync(promise, {code: 'ENGINE_CRASHED', message: /could not be started.*ENOENT/});
  await end;
  await started.kill();
});

test('signals for the whole group are left to the host', async t => {
  await withPair({isolate}, async pair => {
    const pid = engineOf(pair)!;
    process.kill(pid, 'SIGINT');
    process.kill(pid, 'SIGTERM');
    t.is((await pair.engine.logprobs([sequence!])).policy.length, 1);
    t.is(engineOf(pair), pid);
  });
});
