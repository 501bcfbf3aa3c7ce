import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {fileError} from '../../utils/file-error.js';
import {syncDirectory} from '../../utils/sync-directory.js';
import {FileLock} from './file-lock.js';
import {gzipLines} from './gzip-lines.js';
import {isGzipName, type LineFormat, plainLines} from './line-format.js';

interface Waiting {
  line: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * A file of JSON lines to which lines are appended so that a crash, a kill or a full disk costs at most the line being
 * written. A name that ends with `.gz` makes it compressed. While it is open, no other process can open it.
 */
export class DurableLines {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #lock: FileLock;
  readonly #format: LineFormat;
  #size: number;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle, lock: FileLock, size: number) {
    this.#path = path;
    this.#file = file;
    this.#lock = lock;
    this.#format = formatOf(path);
    this.#size = size;
  }

  /**
   * Opens the file, or makes it, and cuts an incomplete last line off.
   *
   * @param path - the file; beside it a file `path.lock` is made
   * @param options - `untouched` leaves the content as it is, for a caller who will {@link DurableLines.clear} it or
   * {@link DurableLines.cutIncomplete} before anything is appended
   * @throws an error that names the file, if it cannot be written or another process writes it
   */
  static async open(path: string, {untouched = false} = {}): Promise<DurableLines> {
    try {
      const lock = await FileLock.take(`${path}.lock`);
      try {
        const {file, size} = await openLocked(path);
        const lines = new DurableLines(path, file, lock, size);
        await lines.#begin(untouched);
        return lines;
      } catch (error) {
        await lock.release();
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

  async #begin(untouched: boolean): Promise<void> {
    try {
      if (!untouched) {
        await this.cutIncomplete();
      }

      // Also on a file that a killed process made, or wrote to without syncing.
      await this.#file.sync();
      await syncDirectory(this.#path);
    } catch (error) {
      await this.#file.close();
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

async function openLocked(path: string): Promise<{file: FileHandle; size: number}> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT);
  try {
    return {file, size: (await file.stat()).size};
  } catch (error) {
    await file.close();
    throw error;
  }
}
