import {performance} from 'node:perf_hooks';
import type {SequenceLogprobs} from '../lib/index.js';
import type {Driver} from './driver.js';
import type {Workload} from './workload.js';

/** Seconds that something takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

/**
 * Times several things in turns, so that what else the machine does falls on all of them alike.
 *
 * @returns for each its median, in seconds
 */
export async function inTurns(rounds: number, works: readonly (() => Promise<number>)[]): Promise<number[]> {
  const times: number[][] = works.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, work] of works.entries()) {
      times[index]!.push(await work());
    }
  }

  return times.map(median);
}

/** Seconds of one run of a driver, whose result is checked afterwards. */
export async function timeRun(
  driver: Driver,
  workload: Workload,
  check?: (result: Rows) => void,
): Promise<number> {
  await driver.reset?.();
  let result: Rows | undefined;
  const seconds = await secondsOf(async () => {
    result = await driver.run(workload);
  });
  check?.(result!);
  return seconds;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

type Rows = Pick<SequenceLogprobs, 'policy' | 'reference'>;

/** The mean distance of the log-probabilities of the same tokens, in nats. */
export function meanDistance(a: Rows, b: Rows): number {
  const distances = (['policy', 'reference'] as const).flatMap(model =>
    a[model]!.flatMap((row, index) =>
      Array.from(row, (value, at) => Math.abs(value - b[model]![index]![at]!)),
    ),
  );
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}
