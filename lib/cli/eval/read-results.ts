import {access} from 'node:fs/promises';
import process from 'node:process';
import {z} from 'zod';
import type {EvalTask} from '../../eval/task.js';
import {type RunRecord, readRunRecord, runRecordPath} from '../../runs/record.js';
import {fileError} from '../../utils/file-error.js';
import {printable} from '../../utils/printable.js';
import {takeRecords} from '../run/take-records.js';
import {counted} from '../terminal/quantities.js';
import type {EvalOutcome} from './outcome.js';

const identitySchema = z.object({
  '--beta': z.number(),
  '--beta-schedule': z.string(),
  '--without-reference': z.boolean(),
});

/**
 * Reads what an evaluation wrote with `--output`.
 *
 * @param take - is given each record, as JSON
 * @returns what the results were made of, and what tells it from other evaluations
 * @throws an error that names the file, if it is of anything else
 */
export async function readEvalResults(
  file: string,
  {name, noun}: Pick<EvalTask<unknown>, 'name' | 'noun'>,
  signal: AbortSignal,
  take: (record: Uint8Array) => void,
): Promise<EvalOutcome & {identity: RunRecord['identity']}> {
  await access(file).catch((error: unknown) => {
    throw fileError(`cannot read ${file}`, error);
  });
  const record = await readRunRecord(file);
  if (record === undefined) {
    throw new Error(`cannot use ${file}: there is no ${runRecordPath(file)} to tell what it was made from`);
  }

  const {identity, shard, finished, done} = record;
  if (identity.evaluation !== name) {
    throw new Error(`cannot use ${file}: it was not written by eval ${name} --output`);
  }

  const warn = (what: string) => process.stderr.write(`implicit-prm: ${printable(file)} ${what}\n`);
  if (!finished) {
    warn(`is not finished: ${counted(done.lines, noun)} done, --resume goes on with it`);
  } else if (shard !== null) {
    warn(`is shard ${shard.index} of ${shard.count} only`);
  }

  const counts = await takeRecords(file, signal, take);
  if (counts.lines === counts.skipped) {
    throw new Error(`cannot use ${file}: there is no result in it`);
  }

  const {'--beta': beta, '--beta-schedule': betaSchedule, ...flags} = identitySchema.parse(identity);
  const {skipped} = counts;
  const withoutReference = flags['--without-reference'];
  return {
    source: {file, beta, betaSchedule, withoutReference, scored: null, skipped},
    counts,
    identity,
  };
}
