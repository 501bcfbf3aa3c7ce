import type {Aggregate} from '../../reward/aggregate.js';
import type {BetaSchedule} from '../../reward/beta-schedule.js';
import type {StepSplitter} from '../../steps/step-splitter.js';
import type {PairFlags} from '../options/pair-flags.js';
import type {RunFlags} from '../options/run-flags.js';

/** The options of the command `score`. */
export interface ScoreFlags extends PairFlags, RunFlags {
  split?: StepSplitter;
  aggregate?: Aggregate;
  scoreBy?: 'reward' | 'q';
  betaSchedule?: Exclude<BetaSchedule, (...input: never) => unknown>;
  incomplete?: true;
  allowSpecialTokens?: true;
  tokens?: true;
  report?: string;
  pretty?: true;
  threshold?: number;
  /** False for `--no-color`. */
  color: boolean;
  verbose?: true;
}
