import type {BetaSchedule} from '../../reward/beta-schedule.js';
import type {PairFlags} from '../options/pair-flags.js';
import type {RunFlags} from '../options/run-flags.js';

/** The options that all evaluations have. */
export interface EvalFlags extends PairFlags, RunFlags {
  betaSchedule?: Exclude<BetaSchedule, (...input: never) => unknown>;
  withoutReference?: true;
  fromResults?: string;
  resamples?: number;
  seed?: number;
  /** `false` for `--no-cache`. */
  cache?: string | false;
  json?: true;
  verbose?: true;
}
