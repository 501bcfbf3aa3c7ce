import {openPair} from '../../lib/index.js';
import {implicitPrm} from '../drivers/implicit-prm.js';
import {inTurns, timeRun} from '../measure.js';
import {driverOptions, type Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';
import {bareDecode, batchedBench, perplexity} from '../tool-runs.js';
import {makeWorkload, tokenCounts} from '../workload.js';

/** What the engine costs over llama_decode with the same batches, and llama.cpp's own programs at as many tokens. */
export async function overheadSection(settings: Settings): Promise<string> {
  const size = {prompt: 512, responses: 8, tokens: 64};
  const rows = [];
  for (const bench of settings.pairs) {
    const {policy, reference} = bench;
    const pair = await openPair({
      policy,
      reference,
      gpu: false,
      cacheSize: 0,
      ...driverOptions(settings, size),
    });
    const workload = await makeWorkload(pair, size);
    const options = {...driverOptions(settings, size), batchSize: pair.info.batchSize};
    const ours = implicitPrm(pair);
    const tokens = 2 * tokenCounts(workload).shared;
    const [engine, bare, batched, chunk] = await inTurns(settings.rounds, [
      () => timeRun(ours, workload),
      () => bareDecode(settings.tools, bench, workload, options),
      async () => tokens / (await batchedBench(settings.tools, policy, 512, options)),
      async () => tokens / (await perplexity(settings.tools, policy, 512, workload, options)),
    ]);
    await ours.close();
    const row = [
      bench.name,
      digits(tokens / engine!),
      digits(tokens / bare!),
      digits(bare! / engine!),
      digits(tokens / batched!),
      digits(tokens / chunk!),
    ];
    console.error(`overhead: ${row.join('  ')}`);
    rows.push(row);
  }

  return markdownTable(
    ['pair', 'implicit-prm', 'bare llama_decode', 'share of bare', 'llama-batched-bench', 'llama-perplexity'],
    rows,
  );
}
