import {constants} from 'node:fs';
import {copyFile, link, open, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import process from 'node:process';
import {z} from 'zod';
import {isRunning, ownIdentity} from './process-identity.js';

const holderSchema = z.object({host: z.string(), pid: z.int().positive(), began: z.string()});
const heartbeat = 20_000;
/** How long ago the holder on another computer must have touched the file to count as dead, in ms. */
const patience = 120_000;
let taken = 0;

/**
 * A file that says which process may write another one. What a dead process left behind is taken over: on the same
 * computer at once, else when nobody has touched the file for two minutes.
 */
export class FileLock {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    this.#timer = setInterval(() => touch(path).catch(() => undefined), heartbeat);
    this.#timer.unref();
  }

  /**
   * Makes the lock file.
   *
   * @param path - of the lock file
   * @throws {@link LockHeldError} if another process has it
   */
  static async take(path: string): Promise<FileLock> {
    const own = `${path}.${process.pid}-${taken++}`;
    try {
      await writeFile(own, JSON.stringify(await ownIdentity()));
      if (!(await place(own, path))) {
        await removeStale(path, own);
        if (!(await place(own, path))) {
          throw heldError(path, await contentOf(path));
        }
      }
    } finally {
      await rm(own, {force: true});
    }

    return new FileLock(path);
  }

  /** Removes the lock file. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await rm(this.#path, {force: true});
  }
}

/** By writing what is there already, for the time to be that of the file's own server, whatever our clock says. */
async function touch(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR);
  try {
    const {buffer, bytesRead} = await file.read(Buffer.alloc(1), 0, 1, 0);
    await file.write(buffer, 0, bytesRead, 0);
  } finally {
    await file.close();
  }
}

/** Puts a file under another name unless there is one. The content is there from the first moment on. */
async function place(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path).catch(async error => {
      if (codeOf(error) === 'EEXIST') {
        throw error;
      }

      // Not every file system has links.
      await copyFile(own, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      return false;
    }

    throw error;
  }
}

/** Only one process at a time may remove a lock, or a second one would remove that which the first has just taken. */
async function removeStale(path: string, own: string): Promise<void> {
  const content = await contentOf(path);
  if (content === undefined) {
    return;
  }

  if (!(await isStale(path, content, own))) {
    throw heldError(path, content);
  }

  const guard = `${path}.stale`;
  if (!(await place(own, guard))) {
    if (await isForgotten(guard, own)) {
      await rm(guard, {force: true});
    }

    throw heldError(path, undefined);
  }

  try {
    if ((await contentOf(path)) === content) {
      await rm(path, {force: true});
    }
  } finally {
    await rm(guard, {force: true});
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

async function isStale(path: string, content: string, own: string): Promise<boolean> {
  const holder = parseHolder(content);
  if (holder?.host === hostname()) {
    return !(await isRunning(holder));
  }

  return isForgotten(path, own);
}

async function isForgotten(path: string, own: string): Promise<boolean> {
  // Both times are of the file's own server, whose clock may differ from ours.
  const [{mtimeMs: touched}, {mtimeMs: now}] = await Promise.all([stat(path), stat(own)]);
  return now - touched > patience;
}

function parseHolder(content: string): z.output<typeof holderSchema> | undefined {
  try {
    return holderSchema.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

function heldError(path: string, content: string | undefined): LockHeldError {
  return new LockHeldError(path, content === undefined ? undefined : parseHolder(content));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Another process writes the file. */
export class LockHeldError extends Error {
  static {
    LockHeldError.prototype.name = 'LockHeldError';
  }

  /**
   * @param lock - the lock file
   * @param holder - who wrote it, if that can be told
   */
  constructor(lock: string, holder: {host: string; pid: number} | undefined) {
    const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
    super(`${who} is writing it (if that is not so, remove ${lock})`);
  }
}
