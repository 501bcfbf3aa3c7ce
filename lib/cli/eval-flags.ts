import type {BetaSchedule} from '../reward/beta-schedule.js';
import type {PairFlags} from './pair-flags.js';

/** The options that all evaluations have. */
export interface EvalFlags extends PairFlags {
  betaSchedule?: Exclude<BetaSchedule, (...input: never) => unknown>;
  resamples?: number;
  seed?: number;
  /** `false` for `--no-cache`. */
  cache?: string | false;
  json?: true;
  quiet?: true;
  verbose?: true;
}
