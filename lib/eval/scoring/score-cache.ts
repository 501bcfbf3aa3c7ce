import {type FileHandle, mkdir, open, readdir} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {z} from 'zod';
import {DurableLines} from '../../runs/files/durable-lines.js';
import {LockHeldError} from '../../runs/files/file-lock.js';
import {readLines} from '../../runs/files/read-lines.js';
import type {ScoredTokens} from '../../score/score-types.js';

/** What the models said of a response, whatever its steps: enough for every reward. */
export type TokenScores = Pick<ScoredTokens, 'starts' | 'policyLogprobs' | 'referenceLogprobs'>;

/** Where a line lies. */
interface Place {
  file: FileHandle;
  start: number;
  length: number;
}

/** The lines that this process writes. */
interface OwnLines {
  name: string;
  lines: DurableLines;
  isFirst: boolean;
}

const linePattern = /^\{"key":"([\w-]+)"/u;
const base64 = z.base64();
const entrySchema = z.object({
  key: z.string(),
  starts: base64,
  policy: base64,
  reference: base64.nullable(),
});
const betaSchema = z.object({key: z.string(), beta: z.number().positive()});
const betaKey = 'beta';

/**
 * Log-probabilities that survive the process, kept as lines of JSON in files of one pair: an evaluation that was
 * interrupted goes on where it was, and another one with other rewards runs no model. Memory holds only where each line is.
 *
 * A file is written by one process at a time: the first writes `PAIR.jsonl`, one that comes while it runs `PAIR.2.jsonl`,
 * and so on. Each reads them all, as they are when it begins.
 *
 * Whatever cannot be read is as if it were not there, so a damaged file costs time but no wrong number.
 */
export class ScoreCache {
  readonly #lines: DurableLines;
  /** The file that is written. */
  readonly #own: FileHandle;
  readonly #others: readonly FileHandle[];
  readonly #places: Map<string, Place>;
  #end: number;

  private constructor(
    {lines, isFirst}: OwnLines,
    [own, ...others]: readonly [FileHandle, ...FileHandle[]],
    {places, end}: {places: Map<string, Place>; end: number},
  ) {
    this.#lines = lines;
    this.#own = own;
    this.#others = others;
    this.#places = places;
    this.#end = end;
    this.isShared = !isFirst;
  }

  /**
   * Opens the cache of a pair, or begins it.
   *
   * @param directory - made if it is missing
   * @param pair - the name of the pair, from `pairFingerprint`
   */
  static async open(directory: string, pair: string): Promise<ScoreCache> {
    await makeFolder(directory);
    // First, since it cuts off a line that was being written when a process was killed.
    const own = await openOwn(directory, pair);
    const files: FileHandle[] = [];
    try {
      for (const name of [own.name, ...(await otherNames(directory, pair, own.name))]) {
        files.push(await open(path.join(directory, name)));
      }

      const [first, ...others] = files as [FileHandle, ...FileHandle[]];
      const places = new Map<string, Place>();
      for (const file of others) {
        await findLines(file, places);
      }

      const end = await findLines(first, places);
      return new ScoreCache(own, [first, ...others], {places, end});
    } catch (error) {
      await Promise.all(files.map(async file => file.close()));
      await own.lines.close();
      throw error;
    }
  }

  /** Whether another process was writing the cache when this one opened it: what that scores is not seen here. */
  readonly isShared: boolean;

  /** The number of entries. */
  get size(): number {
    return this.#places.size;
  }

  /** What an earlier evaluation found for a response, if any did. */
  async get(key: string): Promise<TokenScores | undefined> {
    const entry = entrySchema.safeParse(await this.#read(key)).data;
    if (entry === undefined) {
      return undefined;
    }

    const starts = new Uint32Array(bytesOf(entry.starts));
    const policyLogprobs = new Float32Array(bytesOf(entry.policy));
    const referenceLogprobs = entry.reference === null ? null : new Float32Array(bytesOf(entry.reference));
    const lengths = [starts, policyLogprobs, referenceLogprobs ?? starts].map(({length}) => length);
    return new Set(lengths).size === 1 ? {starts, policyLogprobs, referenceLogprobs} : undefined;
  }

  /** Keeps what the models said of a response; resolves once it is written. */
  async set(key: string, {starts, policyLogprobs, referenceLogprobs}: TokenScores): Promise<void> {
    await this.#write({
      key,
      starts: textOf(starts),
      policy: textOf(policyLogprobs),
      reference: referenceLogprobs && textOf(referenceLogprobs),
    });
  }

  /** β as the pair's own metadata have it, so that a cached evaluation need not open the pair. */
  async beta(): Promise<number | undefined> {
    return betaSchema.safeParse(await this.#read(betaKey)).data?.beta;
  }

  /** Keeps β. */
  async setBeta(beta: number): Promise<void> {
    await this.#write({key: betaKey, beta});
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await Promise.all([this.#own, ...this.#others].map(async file => file.close()));
    await this.#lines.close();
  }

  async #write(entry: {key: string} & Record<string, unknown>): Promise<void> {
    const line = JSON.stringify(entry);
    await this.#lines.append(line);
    const length = Buffer.byteLength(line);
    this.#places.set(entry.key, {file: this.#own, start: this.#end, length});
    this.#end += length + 1;
  }

  /** `undefined` for anything but the line of that key: another process may have written between ours. */
  async #read(key: string): Promise<unknown> {
    const place = this.#places.get(key);
    if (place === undefined) {
      return undefined;
    }

    const {file, start, length} = place;
    const {buffer, bytesRead} = await file.read(Buffer.alloc(length), 0, length, start);
    const value = parsed(buffer.toString('utf8', 0, bytesRead));
    return z.object({key: z.literal(key)}).safeParse(value).success ? value : undefined;
  }
}

/** As `mkdir` does if told to be recursive, but that says of a disk that is read-only that there was no such folder. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    const parent = path.dirname(folder);
    if (code === 'ENOENT' && parent !== folder) {
      await makeFolder(parent);
      await mkdir(folder, {recursive: true});
    } else if (code !== 'EEXIST') {
      throw error;
    }
  }
}

/** Opens the first file that no other process writes. */
async function openOwn(directory: string, pair: string): Promise<OwnLines> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${pair}.jsonl` : `${pair}.${number}.jsonl`;
    try {
      const lines = await DurableLines.open(path.join(directory, name));
      return {name, lines, isFirst: number === 1};
    } catch (error) {
      if (!(error instanceof Error && error.cause instanceof LockHeldError)) {
        throw error;
      }
    }
  }
}

async function otherNames(directory: string, pair: string, own: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter(name => {
    const middle = name.startsWith(pair) && name.endsWith('.jsonl') ? name.slice(pair.length, -6) : 'none';
    return name !== own && /^(?:\.\d+)?$/u.test(middle);
  });
}

/**
 * Finds the lines of a file.
 *
 * @returns where the file ends
 */
async function findLines(file: FileHandle, places: Map<string, Place>): Promise<number> {
  let end = 0;
  for await (const line of readLines(file.createReadStream({start: 0, autoClose: false}))) {
    const [, key] = linePattern.exec(Buffer.from(line.bytes).toString('latin1', 0, 80)) ?? [];
    if (key !== undefined) {
      places.set(key, {file, start: end, length: line.bytes.length});
    }

    end = line.end;
  }

  return end;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Little-endian on every platform that llama.cpp runs on.
function textOf({buffer, byteOffset, byteLength}: Uint32Array | Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** Copied, since a Buffer may begin anywhere and numbers have to be aligned. Whole numbers of four bytes only. */
function bytesOf(text: string): ArrayBuffer {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  return bytes.buffer.slice(0, bytes.length - (bytes.length % 4));
}

/** The folder for caches of this package, by the XDG Base Directory Specification. */
export function cacheDirectory(): string {
  const {XDG_CACHE_HOME: base} = process.env;
  // The specification wants relative paths ignored.
  return path.join(base && path.isAbsolute(base) ? base : path.join(os.homedir(), '.cache'), 'implicit-prm');
}
