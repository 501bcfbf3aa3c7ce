import {openPair} from '../../lib/index.js';
import type {Driver, OpenDriver} from '../driver.js';
import {openControlledEvaluate} from '../drivers/controlled-evaluate.js';
import {openImplicitPrm} from '../drivers/implicit-prm.js';
import {openOneAtATime} from '../drivers/one-at-a-time.js';
import {openTransformers, pythonWithTransformers} from '../drivers/transformers.js';
import {inTurns, meanDistance, timeRun} from '../measure.js';
import type {BenchPair} from '../models.js';
import {driverOptions, type Settings} from '../settings.js';
import {digits, markdownTable} from '../table.js';
import {makeWorkload, tokenCounts, type Workload, type WorkloadSize} from '../workload.js';

// Further than this from the same numbers something else was computed. Rivals pack batches in other ways, and sums in
// BF16 differ with that.
const tolerance = 0.1;

/** The same work given to each rival, in turns. */
export async function rivalsSection(settings: Settings): Promise<string> {
  const rivals: OpenDriver[] = [openOneAtATime, openControlledEvaluate];
  if (pythonWithTransformers() !== undefined) {
    rivals.push(openTransformers);
  }

  const blocks = [];
  for (const pair of settings.pairs) {
    blocks.push(`### ${pair.name}`, await pairTable(pair, rivals, settings));
  }

  return blocks.join('\n\n');
}

async function pairTable(
  pair: BenchPair,
  rivals: readonly OpenDriver[],
  settings: Settings,
): Promise<string> {
  const rows = [];
  for (const size of settings.sizes) {
    const workload = await workloadFor(pair, size);
    const row = await workloadRow(pair, workload, rivals, size, settings);
    console.error(`${pair.name}: ${row.join('  ')}`);
    rows.push(row);
  }

  return markdownTable(
    [
      'prompt + responses × tokens',
      'tokens evaluated / s',
      'tokens scored / s',
      'one at a time',
      'of token counts',
      'controlledEvaluate',
      ...(rivals.length > 2 ? ['transformers'] : []),
    ],
    rows,
  );
}

async function workloadFor({policy, reference}: BenchPair, size: WorkloadSize): Promise<Workload> {
  const pair = await openPair({policy, reference, gpu: false});
  try {
    return await makeWorkload(pair, size);
  } finally {
    await pair.close();
  }
}

async function workloadRow(
  pair: BenchPair,
  workload: Workload,
  rivals: readonly OpenDriver[],
  size: WorkloadSize,
  settings: Settings,
): Promise<string[]> {
  const options = driverOptions(settings, size);
  const ours = await openImplicitPrm(pair, options);
  try {
    const expected = await ours.run(workload);
    const alone = await timeRun(ours, workload);
    const {shared, repeated} = tokenCounts(workload);
    const ratios = [];
    let seconds = alone;
    for (const open of rivals) {
      // What it will take at the least.
      if (alone * (repeated / shared) > settings.limit) {
        ratios.push(Number.NaN);
        continue;
      }

      const rival = await open(pair, options);
      const [mine, theirs] = await compare(ours, rival, workload, expected, settings);
      seconds = mine!;
      ratios.push(theirs! / mine!);
    }

    const [repeating, ...others] = ratios;
    return [
      workload.name,
      digits((2 * shared) / seconds),
      digits((2 * workload.responseTokens) / seconds),
      ratioText(repeating!),
      `${digits(repeated / shared)} ×`,
      ...others.map(ratioText),
    ];
  } finally {
    await ours.close();
  }
}

async function compare(
  ours: Driver,
  rival: Driver,
  workload: Workload,
  expected: Awaited<ReturnType<Driver['run']>>,
  {rounds}: Settings,
): Promise<number[]> {
  try {
    return await inTurns(rounds, [
      () => timeRun(ours, workload),
      () =>
        timeRun(rival, workload, result => {
          const distance = meanDistance(result, expected);
          if (!(distance < tolerance)) {
            throw new Error(`${rival.name} computes other numbers: ${distance} nats off on average.`);
          }
        }),
    ]);
  } finally {
    await rival.close();
  }
}

function ratioText(ratio: number): string {
  return Number.isNaN(ratio) ? '–' : `${digits(ratio)} ×`;
}
