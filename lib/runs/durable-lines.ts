import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {fileError} from '../utils/file-error.js';
import {FileLock} from './file-lock.js';
import {gzipLines} from './gzip-lines.js';
import {isGzipName} from './is-gzip-name.js';
import type {LineFormat} from './line-format.js';
import {plainLines} from './plain-lines.js';
import {syncDirectory} from './sync-directory.js';

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

  private constructor(path: string, file: FileHandle, lock: FileLock, size: number, cut: number) {
    this.#path = path;
    this.#file = file;
    this.#lock = lock;
    this.#format = formatOf(path);
    this.#size = size;
    this.cut = cut;
  }

  /**
   * Opens the file, or makes it, and cuts an incomplete last line off.
   *
   * @param path - the file; beside it a file `path.lock` is made
   * @param options - `untouched` leaves the content as it is, for a caller who will {@link DurableLines.clear} it
   * @throws an error that names the file, if it cannot be written or another process writes it
   */
  static async open(path: string, {untouched = false} = {}): Promise<DurableLines> {
    try {
      const lock = await FileLock.take(`${path}.lock`);
      try {
        const {file, size, cut} = await openLocked(path, untouched);
        return new DurableLines(path, file, lock, size, cut);
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw fileError(`cannot write ${path}`, error);
    }
  }

  /** The bytes of an incomplete last line that were dropped when the file was opened. */
  readonly cut: number;

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
    try {
      await this.#file.truncate(0);
      await this.#file.sync();
    } catch (error) {
      throw fileError(`cannot write ${this.#path}`, error);
    }

    this.#size = 0;
  }

  /** Waits for the lines that are being written, closes the file and lets others open it. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
    await this.#lock.release();
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

async function openLocked(
  path: string,
  untouched: boolean,
): Promise<{file: FileHandle; size: number; cut: number}> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT);
  try {
    const {size} = await file.stat();
    const whole = untouched ? size : await formatOf(path).wholeLength(file, size);
    if (whole < size) {
      await file.truncate(whole);
    }

    // Also on a file that a killed process made, or wrote to without syncing.
    await file.sync();
    await syncDirectory(path);
    return {file, size: whole, cut: size - whole};
  } catch (error) {
    await file.close();
    throw error;
  }
}
