import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import {pipeline} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {fileError} from '../../utils/file-error.js';
import {isGzipName} from './line-format.js';

/** A line of a file. */
export interface Line {
  /** Without the line feed. */
  bytes: Uint8Array;
  /** The first line is 1. */
  number: number;
  /** Where the line and its line feed end, in bytes of the file. */
  end: number;
}

const lineFeed = 0x0a;
const megabyte = 2 ** 20;

/**
 * Cuts a stream of bytes into lines, holding one line at a time. Only line feeds cut: `node:readline` would also cut at
 * U+2028, which may stand in a JSON string.
 *
 * @param chunks - such as a readable stream; destroyed when the caller stops early
 * @param longest - the most bytes of a line
 * @throws an error if a line is longer, before more of it is held in memory
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  longest = 256 * megabyte,
): AsyncGenerator<Line, void, undefined> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 1;
  let end = 0;
  const add = (part: Uint8Array) => {
    parts.push(part);
    length += part.length;
    if (length > longest) {
      throw new RangeError(`The line is longer than ${longest / megabyte} MiB.`);
    }
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let feed = chunk.indexOf(lineFeed); feed !== -1; feed = chunk.indexOf(lineFeed, start)) {
      add(chunk.subarray(start, feed));
      end += length + 1;
      yield {bytes: Buffer.concat(parts), number: number++, end};
      parts = [];
      length = 0;
      start = feed + 1;
    }

    add(chunk.subarray(start));
  }

  if (length > 0) {
    yield {bytes: Buffer.concat(parts), number, end: end + length};
  }
}

/**
 * Reads a file line by line, decompressed if its name ends with `.gz`.
 *
 * @param length - read no more than these first bytes of it; all if left out
 * @throws an error that names the file
 */
export async function* linesOfFile(path: string, length?: number): AsyncGenerator<Line, void, undefined> {
  try {
    // An empty file has no lines, though strictly it is no gzip.
    const bytes = length ?? (isGzipName(path) ? (await stat(path)).size : undefined);
    if (bytes === 0) {
      return;
    }

    const compressed = isGzipName(path);
    const file = createReadStream(path, bytes === undefined ? {} : {end: bytes - 1});
    // Whoever iterates hears of the errors, and destroys both when it stops.
    yield* readLines(compressed ? pipeline(file, createGunzip(), () => undefined) : file);
  } catch (error) {
    throw fileError(`cannot read ${path}`, error);
  }
}
