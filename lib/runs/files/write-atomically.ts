import {open, rename, rm} from 'node:fs/promises';
import process from 'node:process';
import {fileError} from '../../utils/file-error.js';
import {syncDirectory} from '../../utils/sync-directory.js';

/**
 * Writes a file so that after a crash at any moment it holds either what it held or all of the new text.
 *
 * @throws an error that names the file; it then holds what it held
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }

    await rename(temporary, path);
    await syncDirectory(path);
  } catch (error) {
    await rm(temporary, {force: true});
    throw fileError(`cannot write ${path}`, error);
  }
}
