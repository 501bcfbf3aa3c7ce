import type {Driver, Rival} from '../driver.js';
import {openImplicitPrm} from '../drivers/implicit-prm.js';
import {inTurns, meanDistance, timeRun} from '../measure.js';
import type {BenchPair} from '../models.js';
import {findRivals} from '../rivals.js';
import {driverOptions, type Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';
import {makeWorkloadFor, tokenCounts, type Workload, type WorkloadSize} from '../workload.js';

// Further than this from the same numbers something else was computed. Rivals pack batches in other ways, and sums in
// BF16 differ with that.
const tolerance = 0.1;

/** The same work given to each rival, in turns. */
export async function rivalsSection(settings: Settings): Promise<string> {
  const rivals = findRivals();
  const blocks = [];
  for (const pair of settings.pairs) {
    blocks.push(`### ${pair.name}`, await pairTable(pair, rivals, settings));
  }

  return blocks.join('\n\n');
}

async function pairTable(pair: BenchPair, rivals: readonly Rival[], settings: Settings): Promise<string> {
  const rows = [];
  for (const size of settings.sizes) {
    const workload = await makeWorkloadFor(pair, size);
    const row = await workloadRow(pair, workload, rivals, size, settings);
    console.error(`${pair.name}: ${row.join('  ')}`);
    rows.push(row);
  }

  const titles = rivals.map(({title}) => title);
  return markdownTable(
    ['prompt + responses × tokens', 'evaluated / s', 'scored / s', 'of token counts', ...titles],
    rows,
  );
}

async function workloadRow(
  pair: BenchPair,
  workload: Workload,
  rivals: readonly Rival[],
  size: WorkloadSize,
  settings: Settings,
): Promise<string[]> {
  const options = driverOptions(settings, size);
  const {shared, repeated} = tokenCounts(workload);
  const ours = await openImplicitPrm(pair, options);
  const opened: (Driver | undefined)[] = [];
  try {
    const expected = await ours.run(workload);
    const alone = await timeRun(ours, workload);
    for (const {open, repeatsPrompt, slowness = 1} of rivals) {
      const seconds = alone * slowness * (repeatsPrompt ? repeated / shared : 1);
      opened.push(seconds > settings.limit ? undefined : await open(pair, options));
    }

    const [seconds, ...theirs] = await inTurns(settings.rounds, [
      () => timeRun(ours, workload),
      ...opened.map((driver, index) => () => timeRival(driver, rivals[index]!, workload, expected)),
    ]);
    return [
      workload.name,
      digits((2 * shared) / seconds!),
      digits((2 * workload.responseTokens) / seconds!),
      ratioText(repeated / shared),
      ...theirs.map(time => ratioText(time / seconds!)),
    ];
  } finally {
    for (const driver of [ours, ...opened]) {
      await driver?.close();
    }
  }
}

/** Seconds of a rival, which has to come to the same numbers; NaN for one that isn't run. */
async function timeRival(
  driver: Driver | undefined,
  {title}: Rival,
  workload: Workload,
  expected: Awaited<ReturnType<Driver['run']>>,
): Promise<number> {
  if (driver === undefined) {
    return Number.NaN;
  }

  return timeRun(driver, workload, result => {
    const distance = meanDistance(result, expected);
    if (!(distance < tolerance)) {
      throw new Error(`${title} computes other numbers: ${distance} nats off on average.`);
    }
  });
}

function ratioText(ratio: number): string {
  return Number.isNaN(ratio) ? '–' : `${digits(ratio)} ×`;
}
