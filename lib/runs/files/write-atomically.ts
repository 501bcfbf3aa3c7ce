import {open, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {fileError} from '../../utils/file-error.js';

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

/**
 * Puts on disk that a file is in its folder, which syncing the file alone does not. Does nothing where folders cannot be
 * synced, as on Windows and some network file systems.
 *
 * @param file - a file that was made, renamed or removed
 */
export async function syncDirectory(file: string): Promise<void> {
  try {
    const handle = await open(path.dirname(file));
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file's own content is safe; no more can be done.
  }
}
