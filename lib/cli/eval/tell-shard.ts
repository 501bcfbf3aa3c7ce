import process from 'node:process';
import type {EvalTask} from '../../eval/task.js';
import {printable} from '../../utils/printable.js';
import type {RunCounts} from '../run/counts.js';
import {counted} from '../terminal/counted.js';
import type {EvalFlags} from './flags.js';

/** Tells the user what a shard has done, and how tables come of it. */
export function evalTellShard(
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
