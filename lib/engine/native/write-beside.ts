import {open, rename, rm} from 'node:fs/promises';
import process from 'node:process';
import {fileError} from '../../utils/file-error.js';
import {syncDirectory} from '../../utils/sync-directory.js';

/**
 * Has a file written so that after a crash at any moment it holds either what it held or all that is new.
 *
 * @param write - writes all of it at the path that it is given, where an empty file lies
 * @throws what `write` throws, or an error that names the file; it then holds what it held
 */
export async function writeBeside<T>(path: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    // Made here first, so that a place that cannot be written to is told in the system's words.
    await (await open(temporary, 'w')).close();
    const result = await write(temporary);
    const file = await open(temporary, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }

    await rename(temporary, path);
    await syncDirectory(path);
    return result;
  } catch (error) {
    await rm(temporary, {force: true});
    throw error instanceof Error && 'syscall' in error ? fileError(`cannot write ${path}`, error) : error;
  }
}
