import {fstatSync, type Stats} from 'node:fs';
import {open} from 'node:fs/promises';
import process from 'node:process';
import {addAbortSignal, pipeline, type Readable} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {fileError} from '../../utils/file-error.js';
import {isGzipName} from '../files/line-format.js';

/** From how many bytes on the part that was read of a compressed file says how far we are. */
const leastCompressed = 2 ** 20;

/** A file, or stdin, to read lines from. */
export interface Input {
  /** What to call it in messages. */
  name: string;
  /**
   * How much of it comes before a place in its lines.
   *
   * @param end - in bytes of the stream
   * @returns 0 … 1; `null` if that is not known
   */
  fraction(end: number): number | null;
  /** Whether somebody has to type the lines. */
  isTerminal: boolean;
  /** To recognise the file by. */
  stats: Stats | undefined;
  stream: Readable;
}

/**
 * Opens what is to be read. A file whose name ends with `.gz` is decompressed.
 *
 * @param file - a path; `-` or nothing for stdin
 * @param signal - ends the stream with an error
 * @throws an error that names the file, if it is missing or a folder
 */
export async function openInput(file: string | undefined, signal: AbortSignal): Promise<Input> {
  if (file === undefined || file === '-') {
    return openStdin(signal);
  }

  const refuse = (error: unknown): never => {
    throw fileError(`cannot read ${file}`, error);
  };
  const handle = await open(file).catch(refuse);
  const stats = await handle.stat().catch(refuse);
  if (stats.isDirectory()) {
    await handle.close();
    refuse(isFolder());
  }

  const bytes = handle.createReadStream();
  // An empty file has no lines, though strictly it is no gzip.
  const compressed = isGzipName(file) && !(stats.isFile() && stats.size === 0);
  // An error of either ends both; whoever reads hears of it.
  const stream = abortable(compressed ? pipeline(bytes, createGunzip(), () => undefined) : bytes, signal);
  // What is decompressed ahead is of no weight in a large file, and in a small one nobody waits.
  const place = (end: number) => (compressed ? bytes.bytesRead : end);
  const size = stats.isFile() && !(compressed && stats.size < leastCompressed) ? stats.size : 0;
  const fraction = (end: number) => (size === 0 ? null : Math.min(1, place(end) / size));
  return {name: file, isTerminal: false, fraction, stats, stream};
}

function openStdin(signal: AbortSignal): Input {
  const stats = statsOfStdin();
  // Node takes it for an empty file.
  if (stats?.isDirectory()) {
    throw fileError('cannot read stdin', isFolder());
  }

  const stream = abortable(process.stdin, signal);
  return {name: '<stdin>', fraction: () => null, isTerminal: process.stdin.isTTY === true, stats, stream};
}

function abortable(stream: Readable, signal: AbortSignal): Readable {
  // Whoever reads hears of errors, but an abort may come while the models load and nobody reads yet.
  stream.on('error', () => undefined);
  return addAbortSignal(signal, stream);
}

function statsOfStdin(): Stats | undefined {
  try {
    return fstatSync(0);
  } catch {
    return undefined;
  }
}

function isFolder(): Error {
  return new Error('it is a folder');
}
