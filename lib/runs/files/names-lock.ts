import {type FileHandle, realpath} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {FileLock, LockHeldError} from './file-lock.js';

/**
 * A lock of a file, by whichever of its names it was opened. Beside the file that links lead to lies `FILE.lock`, which
 * other computers see as well. A hard link is a name that leads nowhere else, so a second lock, in the folder for temporary
 * files, has the number of the file on its device; it is seen by the processes of this computer that have the same such
 * folder.
 */
export class NamesLock {
  readonly #locks: readonly FileLock[];

  private constructor(locks: readonly FileLock[]) {
    this.#locks = locks;
  }

  /**
   * Locks a file that is open.
   *
   * @param name - one of its names
   * @throws {@link LockHeldError} if another process has it locked, by this name or another
   */
  static async take(name: string, file: FileHandle): Promise<NamesLock> {
    const byName = await FileLock.take(`${await realpath(name)}.lock`);
    try {
      const byNumber = await lockByNumber(file);
      return new NamesLock(byNumber === undefined ? [byName] : [byName, byNumber]);
    } catch (error) {
      await byName.release();
      throw error;
    }
  }

  /** Lets others have the file. */
  async release(): Promise<void> {
    await Promise.all(this.#locks.map(async lock => lock.release()));
  }
}

async function lockByNumber(file: FileHandle): Promise<FileLock | undefined> {
  const {dev, ino} = await file.stat({bigint: true});
  try {
    return await FileLock.take(path.join(tmpdir(), `implicit-prm-${dev}-${ino}.lock`));
  } catch (error) {
    if (error instanceof LockHeldError) {
      throw error;
    }

    // Where nothing can be written there, or lies another user's lock, the name's has to do.
    return undefined;
  }
}
