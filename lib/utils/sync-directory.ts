import {open} from 'node:fs/promises';
import path from 'node:path';

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
