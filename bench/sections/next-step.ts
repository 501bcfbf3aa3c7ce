import {openPair} from '../../lib/index.js';
import {forget} from '../drivers/forget.js';
import {inTurns, secondsOf} from '../measure.js';
import type {Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';
import {makeWorkload} from '../workload.js';

/** A step more of a trace that was scored, against as many tokens evaluated alone. */
export async function nextStepSection({pairs, threads, rounds}: Settings): Promise<string> {
  const step = 64;
  const rows = [];
  for (const {name, policy, reference} of pairs) {
    const pair = await openPair({
      policy,
      reference,
      gpu: false,
      threads,
      contextSize: 1024,
      cacheSize: 0,
    });
    const {sequences} = await makeWorkload(pair, {prompt: 512, responses: 1, tokens: 256 + step});
    const {tokens} = sequences[0]!;
    const before = {tokens: tokens.subarray(0, -step), from: tokens.length - 256 - step};
    const whole = {tokens, from: tokens.length - step};
    const alone = {tokens: tokens.subarray(-step - 1), from: 1};
    const [grown, single] = await inTurns(2 * rounds, [
      async () => {
        await forget(pair);
        await pair.engine.logprobs([before]);
        return secondsOf(() => pair.engine.logprobs([whole]));
      },
      async () => {
        await forget(pair);
        return secondsOf(() => pair.engine.logprobs([alone]));
      },
    ]);
    await pair.close();
    const row = [name, digits(1000 * grown!), digits(1000 * single!), digits(grown! / single!)];
    console.error(`next step: ${row.join('  ')}`);
    rows.push(row);
  }

  return markdownTable(
    ['pair', `${step} tokens behind 768 / ms`, `${step} tokens alone / ms`, 'ratio'],
    rows,
  );
}
