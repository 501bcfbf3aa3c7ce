import type {EvalTask} from '../../eval/task.js';
import type {RunCounts} from '../run/counts.js';
import type {EvalFlags} from './flags.js';
import type {EvalSource} from './source.js';
import {evalTellShard} from './tell-shard.js';
import type {EvalScorer} from './with-scorer.js';

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
    evalTellShard(counts, task, flags);
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
