import {open, rename, rm, writeFile} from 'node:fs/promises';
import process from 'node:process';
import {pipeline, Readable} from 'node:stream';
import {createGzip} from 'node:zlib';
import {fileError} from '../utils/file-error.js';
import {syncDirectory} from '../utils/sync-directory.js';
import {isGzipName} from './files/line-format.js';
import {type Line, linesOfFile} from './files/read-lines.js';
import {partsInOrder} from './parts-in-order.js';
import {type RunRecord, writeRunRecord} from './record.js';
import {isSkippedLine} from './skipped-line.js';

const lineFeed = Buffer.from('\n');
const chunkLength = 64 * 1024;

/**
 * Puts the outputs of all shards of a run together in the order of the input. Holds one line of each in memory.
 *
 * @param output - the file to write, which appears when it is whole; compressed if its name ends with `.gz`
 * @param parts - the outputs of the shards, in any order
 * @param signal - stops the work
 * @returns the number of lines, and of those that were skipped
 * @throws an error that says which parts are missing, not finished, or of another run
 */
export async function mergeRuns(
  output: string,
  parts: readonly string[],
  signal: AbortSignal,
): Promise<{lines: number; skipped: number}> {
  const {files, record} = await partsInOrder(parts);
  const temporary = `${output}.${process.pid}.tmp`;
  const counts = {lines: 0, skipped: 0};
  try {
    await write(temporary, isGzipName(output), chunksOf(mergedLines(files, record, counts)), signal);
    await rename(temporary, output);
    await syncDirectory(output);
  } catch (error) {
    await rm(temporary, {force: true});
    // What was wrong with a part has been said.
    throw error instanceof Error && 'errno' in error ? fileError(`cannot write ${output}`, error) : error;
  }

  await writeRunRecord(output, record);
  return counts;
}

async function* mergedLines(
  files: readonly string[],
  {done}: RunRecord,
  counts: {lines: number; skipped: number},
): AsyncGenerator<Uint8Array, void, undefined> {
  const parts = files.map(file => linesOfFile(file));
  try {
    for (; counts.lines < done.inputLines; counts.lines++) {
      const index = counts.lines % files.length;
      const bytes = await nextLine(parts[index]!);
      if (bytes === undefined) {
        throw new Error(`${files[index]} has fewer lines than when it was finished`);
      }

      counts.skipped += isSkippedLine(bytes) ? 1 : 0;
      yield bytes;
    }

    for (const [index, part] of parts.entries()) {
      if ((await nextLine(part)) !== undefined) {
        throw new Error(`${files[index]} has more lines than when it was finished`);
      }
    }
  } finally {
    await Promise.all(parts.map(async part => part.return()));
  }
}

async function nextLine(part: AsyncGenerator<Line, void, undefined>): Promise<Uint8Array | undefined> {
  const {done, value} = await part.next();
  return done ? undefined : value.bytes;
}

/** Of a size that is worth a call of the system. */
async function* chunksOf(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const line of lines) {
    waiting.push(line, lineFeed);
    length += line.length + 1;
    if (length >= chunkLength) {
      yield Buffer.concat(waiting);
      waiting = [];
      length = 0;
    }
  }

  yield Buffer.concat(waiting);
}

async function write(
  path: string,
  compressed: boolean,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    // Whoever iterates hears of the errors.
    const bytes = compressed ? pipeline(Readable.from(chunks), createGzip(), () => undefined) : chunks;
    await writeFile(file, bytes, {signal});
    await file.sync();
  } finally {
    await file.close();
  }
}
