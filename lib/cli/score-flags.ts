import type {Aggregate} from '../reward/aggregate.js';
import type {BetaSchedule} from '../reward/beta-schedule.js';
import type {Shard} from '../runs/shard.js';
import type {StepSplitter} from '../steps/step-splitter.js';
import type {PairFlags} from './pair-flags.js';

/** The options of the command `score`. */
export interface ScoreFlags extends PairFlags {
  split?: StepSplitter;
  aggregate?: Aggregate;
  scoreBy?: 'reward' | 'q';
  betaSchedule?: Exclude<BetaSchedule, (...input: never) => unknown>;
  incomplete?: true;
  allowSpecialTokens?: true;
  tokens?: true;
  report?: string;
  output?: string;
  resume?: true;
  overwrite?: true;
  keepGoing?: true;
  shard?: Shard;
  quiet?: true;
  verbose?: true;
}
