import {fstatSync, type Stats} from 'node:fs';
import {open} from 'node:fs/promises';
import process from 'node:process';
import {addAbortSignal, type Readable} from 'node:stream';
import {fileError} from './file-error.js';

/** A file, or stdin, to read lines from. */
export interface Input {
  /** What to call it in messages. */
  name: string;
  /** In bytes; `null` if that is not known beforehand. */
  size: number | null;
  /** Whether somebody has to type the lines. */
  isTerminal: boolean;
  /** To recognise the file by. */
  stats: Stats | undefined;
  stream: Readable;
}

/**
 * Opens what is to be read.
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

  const stream = abortable(handle.createReadStream(), signal);
  return {name: file, isTerminal: false, size: stats.isFile() ? stats.size : null, stats, stream};
}

function openStdin(signal: AbortSignal): Input {
  const stats = statsOfStdin();
  // Node takes it for an empty file.
  if (stats?.isDirectory()) {
    throw fileError('cannot read stdin', isFolder());
  }

  const stream = abortable(process.stdin, signal);
  return {name: '<stdin>', size: null, isTerminal: process.stdin.isTTY === true, stats, stream};
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
