import {constants} from 'node:fs';
import {type FileHandle, open, stat} from 'node:fs/promises';
import {fileError} from '../../utils/file-error.js';
import {syncDirectory} from '../../utils/sync-directory.js';
import {gzipLines} from './gzip-lines.js';
import {isGzipName, type LineFormat, plainLines} from './line-format.js';
import {NamesLock} from './names-lock.js';

interface Waiting {
  line: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * A file of JSON lines to which lines are appended so that a crash, a kill or a full disk costs at most the line being
 * written. A name that ends with `.gz` makes it compressed. While it is open, no other process can open it, by this name or
 * another.
 */
export class DurableLines {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #lock: NamesLock;
  readonly #format: LineFormat;
  #size: number;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle, lock: NamesLock, size: number) {
    this.#path = path;
    this.#file = file;
    this.#lock = lock;
    this.#format = formatOf(path);
    this.#size = size;
  }

  /**
   * Opens the file, or makes it, and cuts an incomplete last line off.
   *
   * @param path - the file; beside it a file `path.lock` is made, beside the target of a symbolic link
   * @param options - `untouched` leaves the content as it is, for a caller who will {@link DurableLines.clear} it or
   * {@link DurableLines.cutIncomplete} before anything is appended
   * @throws an error that names the file, if it cannot be written or another process writes it
   */
  static async open(path: string, {untouched = false} = {}): Promise<DurableLines> {
    try {
      const file = await open(path, constants.O_RDWR | constants.O_CREAT);
      try {
        return await DurableLines.#openLocked(path, file, untouched);
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      throw fileError(`cannot write ${path}`, error);
    }
  }

  /** The bytes of the file. */
  get size(): number {
    return this.#size;
  }

  /** The bytes of the file that are whole lines: all but an incomplete last one. */
  async wholeLength(): Promise<number> {
    return this.#format.wholeLength(this.#file, this.#size);
  }

  /**
   * Drops an incomplete last line.
   *
   * @returns its bytes
   */
  async cutIncomplete(): Promise<number> {
    const whole = await this.wholeLength();
    const cut = this.#size - whole;
    if (cut > 0) {
      await this.#truncate(whole);
    }

    return cut;
  }

  /**
   * Appends a line. Lines that are appended while others are being written go to the disk together.
   *
   * @param line - without a line feed
   * @returns when the line is on the disk
   * @throws an error that names the file, such as for a full disk; the file is then as if the line had never been written
   */
  async append(line: string): Promise<void> {
    if (line.includes('\n')) {
      throw new RangeError('A line must not hold a line feed.');
    }

    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({line, resolve, reject});
      this.#writing ??= this.#writeWaiting();
    });
  }

  /**
   * Makes sure that the file is still what its name leads to, with the lines that it was given: whoever removes or renames
   * it takes the lines along, those that follow too, and the system has nothing against it.
   *
   * @throws {@link FileLostError}
   */
  async requirePresent(): Promise<void> {
    await this.#writing;
    const own = await this.#file.stat({bigint: true});
    const named = await stat(this.#path, {bigint: true}).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
        return undefined;
      }

      throw fileError(`cannot write ${this.#path}`, error);
    });
    if (named?.ino !== own.ino || named.dev !== own.dev) {
      const what = named === undefined ? 'removed or renamed' : 'replaced by another file';
      throw new FileLostError(this.#path, `it was ${what} during the run, and the lines in it with it`);
    }

    if (own.size !== BigInt(this.#size)) {
      const sizes = `it has ${own.size} bytes in place of ${this.#size}`;
      throw new FileLostError(this.#path, `something else has written to it during the run: ${sizes}`);
    }
  }

  /** Drops all lines. */
  async clear(): Promise<void> {
    await this.#writing;
    await this.#truncate(0);
  }

  /** Waits for the lines that are being written, closes the file and lets others open it. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
    await this.#lock.release();
  }

  static async #openLocked(path: string, file: FileHandle, untouched: boolean): Promise<DurableLines> {
    const lock = await NamesLock.take(path, file);
    try {
      // Only now, since a process that had the lock may have written until it let go.
      const {size} = await file.stat();
      const lines = new DurableLines(path, file, lock, size);
      if (!untouched) {
        await lines.cutIncomplete();
      }

      // Also of a file that a killed process made, or wrote to without syncing.
      await file.sync();
      await syncDirectory(path);
      return lines;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async #truncate(size: number): Promise<void> {
    try {
      await this.#file.truncate(size);
      await this.#file.sync();
    } catch (error) {
      throw fileError(`cannot write ${this.#path}`, error);
    }

    this.#size = size;
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(batch.map(({line}) => `${line}\n`).join(''));
        for (const {resolve} of batch) {
          resolve();
        }
      } catch (error) {
        for (const {reject} of batch) {
          reject(error);
        }
      }
    }

    this.#writing = undefined;
  }

  async #write(text: string): Promise<void> {
    try {
      const bytes = await this.#format.encode(text);
      let written = 0;
      while (written < bytes.length) {
        // A disk that is nearly full takes a part.
        const rest = bytes.length - written;
        written += (await this.#file.write(bytes, written, rest, this.#size + written)).bytesWritten;
      }

      await this.#file.datasync();
      this.#size += bytes.length;
    } catch (error) {
      // If even that fails, the next `open` cuts what is incomplete, and the next line is written over it.
      await this.#file.truncate(this.#size).catch(() => undefined);
      throw fileError(`cannot write ${this.#path}`, error);
    }
  }
}

function formatOf(path: string): LineFormat {
  return isGzipName(path) ? gzipLines : plainLines;
}

/** A file under whose name something else lies by now, or nothing, or that something else has written to. */
export class FileLostError extends Error {
  static {
    FileLostError.prototype.name = 'FileLostError';
  }

  /**
   * @param path - the file
   * @param why - what has become of it
   */
  constructor(path: string, why: string) {
    super(`cannot write ${path}: ${why}`);
  }
}
