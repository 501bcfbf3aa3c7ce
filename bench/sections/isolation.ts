import {bundledPair, openPair} from '../../lib/index.js';
import {implicitPrm} from '../drivers/implicit-prm.js';
import {median, timeRun} from '../measure.js';
import type {BenchPair} from '../models.js';
import {driverOptions, type Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';
import {makeWorkload, type WorkloadSize} from '../workload.js';

/** What fits the pair that ships, whose context has 512 tokens, and what a server may be asked of a larger one. */
const small: WorkloadSize[] = [
  {prompt: 64, responses: 1, tokens: 32},
  {prompt: 64, responses: 8, tokens: 128},
  {prompt: 64, responses: 64, tokens: 256},
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
  {name, policy, reference}: BenchPair,
  sizes: readonly WorkloadSize[],
  settings: Settings,
): Promise<string[][]> {
  const rows = [];
  for (const size of sizes) {
    const options = {policy, reference, gpu: false, cacheSize: 0, ...driverOptions(settings, size)} as const;
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
      workload.name,
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
