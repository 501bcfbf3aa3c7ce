import {z} from 'zod';
import {seededRandom} from '../utils/seeded-random.js';

/** A number measured on a sample, and how far to trust it. */
export interface Estimate {
  /** What was measured. */
  value: number;
  /** The lower end of its 95 % bootstrap confidence interval. */
  low: number;
  /** The upper end of the interval. */
  high: number;
}

/** How confidence intervals are made. */
export interface BootstrapOptions {
  /** How many samples of the problems are drawn; 2,000 if left out. 0 for no intervals: they are as wide as a point. */
  resamples?: number | undefined;
  /** What the drawing starts from, 0 if left out. The same seed gives the same intervals. */
  seed?: number | undefined;
}

/** The schemas of {@link BootstrapOptions}, to be put into those of other options. */
export const bootstrapShape = {
  resamples: z.int().min(0).max(1_000_000).default(2000),
  seed: z.int().min(0).max(0xffff_ffff).default(0),
};

/**
 * Puts 95 % confidence intervals around statistics of a list, by the percentile bootstrap: as many items are drawn from
 * the list, with replacement, as it has, the statistics computed anew, and that many times over.
 *
 * @param count - the number of items, at least 1
 * @param statistics - computes all statistics of the list in which item i occurs `weights[i]` times; NaN for one that
 * such a list does not have
 * @param options - how often to draw, and from which seed
 * @returns for each statistic its value on the list itself with the interval
 */
export function bootstrap(
  count: number,
  statistics: (weights: Uint32Array) => readonly number[],
  {resamples, seed}: {resamples: number; seed: number},
): Estimate[] {
  const values = statistics(new Uint32Array(count).fill(1));
  const drawn = values.map(() => new Float64Array(resamples));
  const random = seededRandom(seed);
  const weights = new Uint32Array(count);
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0);
    for (let draw = 0; draw < count; draw++) {
      weights[Math.floor(random() * count)]!++;
    }

    for (const [index, value] of statistics(weights).entries()) {
      drawn[index]![resample] = value;
    }
  }

  return values.map((value, index) => {
    const sorted = drawn[index]!.filter(number => !Number.isNaN(number)).sort();
    return {value, low: quantile(sorted, 0.025) ?? value, high: quantile(sorted, 0.975) ?? value};
  });
}

/** Interpolated linearly between the two nearest values. */
function quantile(sorted: Float64Array, share: number): number | undefined {
  if (sorted.length === 0) {
    return undefined;
  }

  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (place - below) * (high - low);
}
