import process from 'node:process';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {arithmeticPair, withPair} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {randomLlama} from '../helpers/tiny-models.js';

/** Microseconds of processor time that this process has taken. */
function taken(): number {
  const {user, system} = process.cpuUsage();
  return user + system;
}

test('a signal stops the batch under way, not just those to come', async t => {
  // One batch that takes a second or so.
  const policy = randomLlama(temporaryDirectory(), {
    vocabFrom: arithmeticPair().policy,
    ...{embedding: 512, heads: 8, layers: 8, feedForward: 2048, type: 'F16'},
  });
  const sequence = {tokens: Int32Array.from({length: 512}, (_, index) => index % 200), from: 1};
  await withPair({policy, reference: undefined, batchSize: 512}, async pair => {
    const before = taken();
    await pair.engine.logprobs([sequence]);
    const whole = taken() - before;

    const controller = new AbortController();
    let progress = 0;
    const start = taken();
    const work = pair.engine.logprobs([{...sequence, tokens: sequence.tokens.map(token => token + 1)}], {
      signal: controller.signal,
      onProgress: ({tokens}) => {
        progress = tokens;
      },
    });
    work.catch(() => {});
    while (taken() - start < whole / 8) {
      await setTimeout(1);
    }

    controller.abort();
    t.is(await work.catch(error => error), controller.signal.reason);
    t.is(progress, 0, 'the batch was evaluated to its end');
    t.log(`stopped after ${Math.round((100 * (taken() - start)) / whole)} % of the batch`);
  });
});
