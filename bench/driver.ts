import type {SequenceLogprobs} from '../lib/index.js';
import type {BenchPair} from './models.js';
import type {Workload} from './workload.js';

export interface DriverOptions {
  threads: number;
  /** Enough for the largest workload. */
  contextSize: number;
}

/** Something that gets log-probabilities of given tokens under both models. */
export interface Driver {
  /** Does the work once. The time that it takes is measured. */
  run(workload: Workload): Promise<Pick<SequenceLogprobs, 'policy' | 'reference'>>;
  /** Called before each run; the time is not measured. */
  reset?(): Promise<void>;
  close(): Promise<void>;
}

export type OpenDriver = (pair: BenchPair, options: DriverOptions) => Promise<Driver>;

/** Another way to do the same work. */
export interface Rival {
  title: string;
  /** Whether it evaluates the prompt anew for each response. */
  repeatsPrompt: boolean;
  /** About how many times as long as ours a token takes it, where that is much: to know what would take too long. */
  slowness?: number;
  open: OpenDriver;
}
