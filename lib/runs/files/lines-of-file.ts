import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import {pipeline} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {fileError} from '../../utils/file-error.js';
import {isGzipName} from './is-gzip-name.js';
import {type Line, readLines} from './read-lines.js';

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
