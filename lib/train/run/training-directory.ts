import {mkdir, readdir, rm, rmdir} from 'node:fs/promises';
import path from 'node:path';
import {FileLock, LockHeldError} from '../../runs/files/file-lock.js';
import {fileError} from '../../utils/file-error.js';

/**
 * The folder beside an adapter, `OUTPUT.run`, with what its training goes on from: `run.json` says what it is and how far,
 * `reference.json` has log π_ref of all responses, `state-STEP.bin` the trainer's state, `best-STEP.bin` that of the lowest
 * held-out loss. One process at a time works in it.
 */
export class TrainingDirectory {
  readonly #lock: FileLock;

  private constructor(
    /** The path of the folder. */
    readonly path: string,
    lock: FileLock,
  ) {
    this.#lock = lock;
  }

  /**
   * Makes the folder unless it is there, and takes it.
   *
   * @param output - the adapter's file
   * @throws an error that names the folder, if another process has it or it cannot be made
   */
  static async take(output: string): Promise<TrainingDirectory> {
    const directory = `${output}.run`;
    try {
      await mkdir(directory).catch(onlyIfAbsent);
      return new TrainingDirectory(directory, await FileLock.take(path.join(directory, 'lock')));
    } catch (error) {
      const cause =
        error instanceof LockHeldError ? new Error('another process trains there', {cause: error}) : error;
      throw fileError(`cannot write ${directory}`, cause);
    }
  }

  /** The path of a file in the folder. */
  file(name: string): string {
    return path.join(this.path, name);
  }

  /** Removes all states but these, and what was left half-written. */
  async keepOnly(names: readonly (string | null | undefined)[]): Promise<void> {
    for (const name of await readdir(this.path)) {
      if (/^(?:state|best)-|\.tmp$/u.test(name) && !names.includes(name)) {
        await rm(this.file(name), {force: true});
      }
    }
  }

  /** Removes everything but the lock. */
  async clear(): Promise<void> {
    await this.keepOnly([]);
    await rm(this.file('run.json'), {force: true});
    await rm(this.file('reference.json'), {force: true});
  }

  /** Lets other processes have the folder, which goes if nothing was begun in it. */
  async release(): Promise<void> {
    await this.#lock.release();
    await rmdir(this.path).catch(() => undefined);
  }
}

function onlyIfAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') {
    throw error;
  }
}
