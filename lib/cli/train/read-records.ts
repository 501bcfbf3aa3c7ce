import {z} from 'zod';
import {openInput} from '../../runs/input/open-input.js';
import {parseRecord} from '../../runs/input/parse-record.js';
import {inputRecords} from '../../runs/input/records.js';
import type {PlacedRecord} from '../../train/data/collect-prompts.js';
import {placedError} from '../../utils/file-error.js';

/**
 * Reads the records of files, which are JSON lines or JSON arrays, one file after the other.
 *
 * @throws an error with the place of what cannot be read
 */
export async function* readRecords(
  files: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<PlacedRecord, void, undefined> {
  for (const file of files) {
    const input = await openInput(file, signal);
    try {
      for await (const {bytes, place} of inputRecords(input, 'record')) {
        yield {value: parsed(bytes, place), place};
      }
    } finally {
      // An open stdin would keep the process alive.
      input.stream.destroy();
    }
  }
}

function parsed(bytes: Uint8Array, place: string): unknown {
  try {
    return parseRecord(bytes, z.unknown(), 'the line');
  } catch (error) {
    throw placedError(place, error);
  }
}
