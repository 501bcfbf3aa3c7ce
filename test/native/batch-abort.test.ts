import process from 'node:process';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import type {Pair, TokenSequence} from '../../lib/index.js';
import {arithmeticPair, withPair} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {randomLlama} from '../helpers/tiny-models.js';

/** Microseconds of processor time that this process has taken. */
function taken(): number {
  const {user, system} = process.cpuUsage();
  return user + system;
}

/** A pair, work of one batch that takes a second or so, and the processor time that it takes. */
async function withLongBatch(
  use: (long: {pair: Pair; sequence: TokenSequence; whole: number}) => Promise<void>,
): Promise<void> {
  const policy = randomLlama(temporaryDirectory(), {
    vocabFrom: arithmeticPair().policy,
    ...{embedding: 512, heads: 8, layers: 8, feedForward: 2048, type: 'F16'},
  });
  const tokens = Int32Array.from({length: 512}, (_, index) => index % 200);
  await withPair({policy, reference: undefined, batchSize: 512}, async pair => {
    const before = taken();
    await pair.engine.logprobs([{tokens, from: 1}]);
    const whole = taken() - before;
    await use({pair, sequence: {tokens: tokens.map(token => token + 1), from: 1}, whole});
  });
}

async function untilTaken(time: number): Promise<void> {
  const start = taken();
  while (taken() - start < time) {
    await setTimeout(1);
  }
}

test('a signal stops the batch under way, not just those to come', async t => {
  await withLongBatch(async ({pair, sequence, whole}) => {
    const controller = new AbortController();
    let progress = 0;
    const start = taken();
    const work = pair.engine.logprobs([sequence], {
      signal: controller.signal,
      onProgress: ({tokens}) => {
        progress = tokens;
      },
    });
    work.catch(() => {});
    await untilTaken(whole / 8);
    controller.abort();
    t.is(await work.catch(error => error), controller.signal.reason);
    t.is(progress, 0, 'the batch was evaluated to its end');
    t.log(`stopped after ${Math.round((100 * (taken() - start)) / whole)} % of the batch`);
  });
});

test('so does closing the pair', async t => {
  await withLongBatch(async ({pair, sequence, whole}) => {
    const start = taken();
    const work = pair.engine.logprobs([sequence]);
    work.catch(() => {});
    await untilTaken(whole / 8);
    await pair.close();
    const share = (taken() - start) / whole;
    await t.throwsAsync(work, {code: 'PAIR_CLOSED'});
    // Of processor time, which does not depend on what else the machine has to do.
    t.true(share < 0.75, `${Math.round(100 * share)} % of the batch were evaluated`);
  });
});
