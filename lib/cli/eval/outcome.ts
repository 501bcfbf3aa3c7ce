import process from 'node:process';
import type {EvalTask} from '../../eval/task.js';
import {printable} from '../../utils/printable.js';
import type {RunCounts} from '../run/run-lines.js';
import {counted} from '../terminal/quantities.js';
import type {EvalFlags} from './options.js';
import type {EvalScorer} from './with-scorer.js';

/** What the tables of an evaluation were made of. */
export interface EvalSource {
  /** The data set, or the results that were read. */
  file: string;
  beta: number;
  betaSchedule: string;
  withoutReference: boolean;
  /** How many responses the models were run for; `null` for results that were read. */
  scored: number | null;
  /** How many records could not be scored. */
  skipped: number;
}

/** How an evaluation went. */
export interface EvalOutcome {
  /** What its tables are of; `undefined` for a shard, which has none. */
  source: EvalSource | undefined;
  counts: RunCounts;
}

/**
 * Sums up what was scored, and tells the user what to do with a shard.
 *
 * @throws an error if there is nothing to make tables of
 */
export function evalOutcome(
  file: string,
  task: Pick<EvalTask<unknown>, 'name' | 'noun'>,
  counts: RunCounts,
  {flags, tools}: {flags: EvalFlags; tools: EvalScorer},
): EvalOutcome {
  if (flags.shard) {
    tellShard(counts, task, flags);
    return {source: undefined, counts};
  }

  const {lines, skipped} = counts;
  if (lines === skipped) {
    throw new Error(
      lines === 0 ? `${file} has no ${task.noun} in it` : `no ${task.noun} of ${file} could be scored`,
    );
  }

  const {beta, withoutReference = false} = tools.rewards;
  const {betaSchedule = 'constant'} = flags;
  return {
    source: {file, beta, betaSchedule, withoutReference, scored: tools.scorer.scored, skipped},
    counts,
  };
}

/** Tells the user what a shard has done, and how tables come of it. */
function tellShard(
  {lines}: RunCounts,
  {name, noun}: Pick<EvalTask<unknown>, 'name' | 'noun'>,
  {output, quiet}: EvalFlags,
): void {
  if (!quiet) {
    process.stderr.write(
      `implicit-prm: ${counted(lines, noun)} in ${printable(output!)}: ` +
        `implicit-prm merge puts all shards together, eval ${name} --from-results prints the tables\n`,
    );
  }
}
