import {openPair} from '../../lib/index.js';
import {forget} from '../drivers/forget.js';
import {inTurns, secondsOf} from '../measure.js';
import type {BenchPair} from '../models.js';
import type {Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';
import {makeWorkload, tokenCounts} from '../workload.js';

const batchSizes = [64, 128, 256, 512, 1024];

/** What the defaults rest on: how large a batch, and where the log-softmax. */
export async function choicesSection(settings: Settings): Promise<string> {
  const rows = [];
  for (const bench of settings.pairs) {
    const speeds = await speedsOf(bench, settings);
    const row = [bench.name, ...speeds.map(digits)];
    console.error(`choices: ${row.join('  ')}`);
    rows.push(row);
  }

  return markdownTable(
    ['pair', ...batchSizes.map(size => `batch of ${size}`), 'of 512, log-softmax in the graph'],
    rows,
  );
}

/** Tokens evaluated per second for each choice. */
async function speedsOf({policy, reference}: BenchPair, {threads, rounds}: Settings): Promise<number[]> {
  const choices = [
    ...batchSizes.map(batchSize => ({batchSize, logSoftmax: 'host'}) as const),
    {batchSize: 512, logSoftmax: 'graph'} as const,
  ];
  const base = {policy, reference, gpu: false, threads, contextSize: 1024, cacheSize: 0} as const;
  const first = await openPair(base);
  const workload = await makeWorkload(first, {prompt: 512, responses: 16, tokens: 64});
  await first.close();
  const works = choices.map(choice => async () => {
    const pair = await openPair({...base, ...choice});
    try {
      await forget(pair);
      return await secondsOf(() => pair.engine.logprobs(workload.sequences));
    } finally {
      await pair.close();
    }
  });
  const seconds = await inTurns(rounds, works);
  return seconds.map(value => (2 * tokenCounts(workload).shared) / value);
}
