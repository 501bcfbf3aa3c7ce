import {readLines} from '../runs/read-lines.js';
import {openInput} from './open-input.js';

/** A line that holds something, and where. */
export interface EvalLine {
  bytes: Uint8Array;
  /** Such as `data.jsonl:17`. */
  place: string;
}

/**
 * Reads the lines of a file that are not blank.
 *
 * @param file - a path
 * @param signal - stops the reading
 */
export async function* evalLines(
  file: string,
  signal: AbortSignal,
): AsyncGenerator<EvalLine, void, undefined> {
  const input = await openInput(file, signal);
  try {
    for await (const {bytes, number} of readLines(input.stream)) {
      // Space, tab and carriage return.
      if (!bytes.every(byte => byte === 0x20 || byte === 0x09 || byte === 0x0d)) {
        yield {bytes, place: `${file}:${number}`};
      }
    }
  } finally {
    input.stream.destroy();
  }
}
