import type {SequenceLogprobs} from '../lib/index.js';
import type {BenchPair} from './models.js';
import type {Workload} from './workload.js';

export interface DriverOptions {
  threads: number;
  batchSize: number;
  /** Enough for the largest workload. */
  contextSize: number;
}

/** Something that gets log-probabilities of given tokens under both models. */
export interface Driver {
  name: string;
  /** Does the work once. The time that it takes is measured. */
  run(workload: Workload): Promise<Pick<SequenceLogprobs, 'policy' | 'reference'>>;
  /** Called before each run; the time is not measured. */
  reset?(): Promise<void>;
  close(): Promise<void>;
}

export type OpenDriver = (pair: BenchPair, options: DriverOptions) => Promise<Driver>;
