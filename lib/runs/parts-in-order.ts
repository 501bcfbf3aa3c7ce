import {runDifference} from './difference.js';
import {type RunRecord, readRunRecord, runRecordPath} from './record.js';

interface Part {
  file: string;
  record: RunRecord;
}

/**
 * Checks that files are the finished outputs of all shards of one run.
 *
 * @param files - in any order
 * @returns them in the order of the shards, and the record of the whole run
 * @throws an error that says what is missing or differs
 */
export async function partsInOrder(files: readonly string[]): Promise<{files: string[]; record: RunRecord}> {
  const parts: Part[] = [];
  for (const file of files) {
    parts.push({file, record: await finishedRecord(file)});
  }

  requireOneRun(parts);
  const {count} = shardOf(parts[0]!);
  const ordered = Array.from({length: count}, (_, index) =>
    parts.filter(part => shardOf(part).index === index + 1),
  );
  const missing = ordered.flatMap(({length}, index) => (length === 0 ? [`${index + 1}/${count}`] : []));
  if (missing.length > 0) {
    throw new Error(
      `of the shards ${missing.length === 1 ? 'one is' : 'some are'} missing: ${missing.join(', ')}`,
    );
  }

  const twice = ordered.find(({length}) => length > 1);
  if (twice) {
    throw new Error(`${twice[0]!.file} and ${twice[1]!.file} are the same shard`);
  }

  return {files: ordered.map(([part]) => part!.file), record: wholeRecord(parts)};
}

async function finishedRecord(file: string): Promise<RunRecord> {
  const record = await readRunRecord(file);
  if (record === undefined) {
    throw new Error(`cannot merge ${file}: there is no ${runRecordPath(file)} to tell what it is part of`);
  }

  if (!record.finished) {
    throw new Error(`cannot merge ${file}: it is not finished (go on with it by --resume)`);
  }

  return record;
}

function requireOneRun([first, ...others]: Part[]): void {
  const reference = first!.record;
  for (const {file, record} of others) {
    const differences = runDifference({...reference, shard: null}, {...record, shard: null});
    const isSameInput =
      record.done.inputSha256 === reference.done.inputSha256 &&
      record.done.inputLines === reference.done.inputLines;
    const isSameCount = record.shard?.count === reference.shard?.count;
    const why = [
      differences,
      isSameCount ? '' : 'the number of shards is another',
      isSameInput ? '' : 'the input is another',
    ].filter(Boolean);
    if (why.length > 0) {
      throw new Error(`${first!.file} and ${file} are not of one run: ${why.join(', ')}`);
    }
  }
}

/** A run that was not divided is its only shard. */
function shardOf({record}: Part): {index: number; count: number} {
  return record.shard ?? {index: 1, count: 1};
}

function wholeRecord(parts: Part[]): RunRecord {
  const {record} = parts[0]!;
  return {...record, shard: null, done: {...record.done, lines: record.done.inputLines}};
}
