import {type FileHandle, mkdir, open} from 'node:fs/promises';
import path from 'node:path';
import {z} from 'zod';
import {DurableLines} from '../runs/durable-lines.js';
import {readLines} from '../runs/read-lines.js';
import type {TokenScores} from './token-scores.js';

/** Where a line lies in the file. */
interface Place {
  start: number;
  length: number;
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
 * Log-probabilities that survive the process, kept as lines of JSON in a file of one pair: an evaluation that was
 * interrupted goes on where it was, and another one with other rewards runs no model. Memory holds only where each line is.
 * While it is open, no other process can open it.
 *
 * Whatever cannot be read is as if it were not there, so a damaged file costs time but no wrong number.
 */
export class ScoreCache {
  readonly #lines: DurableLines;
  readonly #file: FileHandle;
  readonly #places: Map<string, Place>;
  #end: number;

  private constructor(lines: DurableLines, file: FileHandle, places: Map<string, Place>, end: number) {
    this.#lines = lines;
    this.#file = file;
    this.#places = places;
    this.#end = end;
  }

  /**
   * Opens the cache of a pair, or begins it.
   *
   * @param directory - made if it is missing
   * @param pair - the name of the pair, from `pairFingerprint`
   */
  static async open(directory: string, pair: string): Promise<ScoreCache> {
    await mkdir(directory, {recursive: true});
    const name = path.join(directory, `${pair}.jsonl`);
    // First, since it cuts off a line that was being written when a process was killed.
    const lines = await DurableLines.open(name);
    let file: FileHandle | undefined;
    try {
      file = await open(name);
      const {places, end} = await findLines(file);
      return new ScoreCache(lines, file, places, end);
    } catch (error) {
      await file?.close();
      await lines.close();
      throw error;
    }
  }

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
    await this.#file.close();
    await this.#lines.close();
  }

  async #write(entry: {key: string} & Record<string, unknown>): Promise<void> {
    const line = JSON.stringify(entry);
    await this.#lines.append(line);
    const length = Buffer.byteLength(line);
    this.#places.set(entry.key, {start: this.#end, length});
    this.#end += length + 1;
  }

  /** `undefined` for anything but the line of that key: another process may have written between ours. */
  async #read(key: string): Promise<unknown> {
    const place = this.#places.get(key);
    if (place === undefined) {
      return undefined;
    }

    const {buffer, bytesRead} = await this.#file.read(
      Buffer.alloc(place.length),
      0,
      place.length,
      place.start,
    );
    const value = parsed(buffer.toString('utf8', 0, bytesRead));
    return z.object({key: z.literal(key)}).safeParse(value).success ? value : undefined;
  }
}

async function findLines(file: FileHandle): Promise<{places: Map<string, Place>; end: number}> {
  const places = new Map<string, Place>();
  let end = 0;
  for await (const line of readLines(file.createReadStream({start: 0, autoClose: false}))) {
    const [, key] = linePattern.exec(Buffer.from(line.bytes).toString('latin1', 0, 80)) ?? [];
    if (key !== undefined) {
      places.set(key, {start: end, length: line.bytes.length});
    }

    end = line.end;
  }

  return {places, end};
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
