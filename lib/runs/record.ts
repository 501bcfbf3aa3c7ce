import {readFile} from 'node:fs/promises';
import {z} from 'zod';
import {fileError} from '../utils/file-error.js';
import {writeAtomically} from './files/write-atomically.js';

/** A part of a run: of every `count` lines of the input the one at `index`. Blank lines do not count. */
export interface Shard {
  /** From 1 on. */
  index: number;
  count: number;
}

const count = z.int().min(0);

const schema = z.object({
  /** Of this file. */
  format: z.literal(1),
  /** All that the results depend on, apart from the input. */
  identity: z.record(z.string(), z.json()),
  shard: z.object({index: count.min(1), count: count.min(1)}).nullable(),
  done: z.object({
    /** Lines in the output, those of skipped lines included. */
    lines: count,
    /** Lines of the input up to the last that is done, those of other shards included, blank ones not. */
    inputLines: count,
    /** A hash of these lines of the input. */
    inputSha256: z.string(),
  }),
  /** Whether the input has come to its end. */
  finished: z.boolean(),
});

/** What is known of a run beside its output: `OUTPUT.run.json`. */
export type RunRecord = z.output<typeof schema>;

/** Where the record of an output lies. */
export function runRecordPath(output: string): string {
  return `${output}.run.json`;
}

/**
 * Reads the record of an output.
 *
 * @returns `undefined` if there is none
 * @throws an error that names the file, if it cannot be read or understood
 */
export async function readRunRecord(output: string): Promise<RunRecord | undefined> {
  const path = runRecordPath(output);
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }

    const isForeign = error instanceof z.ZodError || error instanceof SyntaxError;
    throw fileError(
      `cannot read ${path}`,
      isForeign ? new Error('it is no record of a run of this version', {cause: error}) : error,
    );
  }
}

/** Writes the record of an output, all of it or nothing. */
export async function writeRunRecord(output: string, record: RunRecord): Promise<void> {
  await writeAtomically(runRecordPath(output), `${JSON.stringify(record, null, 2)}\n`);
}
