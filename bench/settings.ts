import type {Tools} from './build-tools.js';
import type {DriverOptions} from './driver.js';
import type {BenchPair} from './models.js';
import type {WorkloadSize} from './workload.js';

/** What the sections of the benchmark are run with. */
export interface Settings {
  tools: Tools;
  pairs: readonly BenchPair[];
  sizes: readonly WorkloadSize[];
  threads: number;
  rounds: number;
  /** Seconds that one run of one rival may take; larger workloads are left out for it. */
  limit: number;
}

/** The options of a driver, with room for the workload. The batch is what each takes by itself. */
export function driverOptions({threads}: Settings, {prompt, tokens}: WorkloadSize): DriverOptions {
  return {threads, contextSize: prompt + tokens + 32};
}
