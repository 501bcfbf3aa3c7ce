import {placedError} from '../../utils/file-error.js';
import {readLines} from '../files/read-lines.js';
import type {Input} from './open-input.js';

/** A line of the input, or an element of the JSON array that it is, and where. */
export interface InputLine {
  /** JSON. */
  bytes: Uint8Array;
  /** Of the line or the element, from 1 on. */
  number: number;
  /** Such as `data.jsonl:17`. */
  place: string;
  /** Where it ends, in bytes of the input. */
  end: number;
}

/**
 * Reads the lines of an input that are not blank.
 *
 * @param chunks - what to read in place of the stream, which somebody has looked into
 * @throws an error with the place of a line that cannot be read
 */
export async function* inputLines(
  {name, stream}: Input,
  chunks: AsyncIterable<Uint8Array> = stream,
): AsyncGenerator<InputLine, void, undefined> {
  let read = 0;
  try {
    for await (const {bytes, number, end} of readLines(chunks)) {
      read = number;
      // Space, tab and carriage return; the line feed is gone.
      if (!bytes.every(byte => byte === 0x20 || byte === 0x09 || byte === 0x0d)) {
        yield {bytes, number, place: `${name}:${number}`, end};
      }
    }
  } catch (error) {
    throw placedError(`${name}:${read + 1}`, error);
  }
}
