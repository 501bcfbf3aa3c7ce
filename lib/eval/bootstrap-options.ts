import {z} from 'zod';

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
