import {bundledPair, openPair} from '../../lib/index.js';
import {implicitPrm} from '../drivers/implicit-prm.js';
import {median, timeRun} from '../measure.js';
import type {BenchPair} from '../models.js';
import type {Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';
import {makeWorkload, type WorkloadSize} from '../workload.js';

/** In words; the pair that ships has a token for each of their letters, and a context of 512. */
const small: WorkloadSize[] = [
  {prompt: 16, responses: 1, tokens: 8},
  {prompt: 16, responses: 8, tokens: 32},
  {prompt: 16, responses: 64, tokens: 64},
];
const large: WorkloadSize[] = [
  {prompt: 256, responses: 1, tokens: 64},
  {prompt: 256, responses: 8, tokens: 64},
];

/** What an engine in a process of its own costs over one in this process. */
export async function isolationSection(settings: Settings): Promise<string> {
  const shipped = {name: 'the pair that ships', ...bundledPair()};
  const rows = await rowsOf(shipped, small, settings);
  for (const pair of settings.pairs) {
    rows.push(...(await rowsOf(pair, large, settings)));
  }

  return markdownTable(['pair', 'tokens', 'in this process / ms', 'isolated / ms', 'ratio'], rows);
}

async function rowsOf(
  {name, ...files}: BenchPair & {lora?: string},
  sizes: readonly WorkloadSize[],
  settings: Settings,
): Promise<string[][]> {
  const rows = [];
  for (const size of sizes) {
    const options = {...files, gpu: false, threads: settings.threads, contextSize: 512} as const;
    const here = await openPair(options);
    const apart = await openPair({...options, isolate: true});
    const workload = await makeWorkload(here, size);
    const times: {here: number; apart: number}[] = [];
    const [one, other] = [implicitPrm(here), implicitPrm(apart)];
    // The first of each warms caches and compilers.
    for (let round = -1; round < 5 * settings.rounds; round++) {
      const pass = {here: await timeRun(one, workload), apart: await timeRun(other, workload)};
      if (round >= 0) {
        times.push(pass);
      }
    }

    await one.close();
    await other.close();
    const row = [
      name,
      `${workload.promptTokens} + ${size.responses} × ${Math.round(workload.responseTokens / size.responses)}`,
      digits(1000 * median(times.map(pass => pass.here))),
      digits(1000 * median(times.map(pass => pass.apart))),
      // Of the two calls of a turn, beside which the machine does the same.
      digits(median(times.map(pass => pass.apart / pass.here))),
    ];
    console.error(`isolation: ${row.join('  ')}`);
    rows.push(row);
  }

  return rows;
}
