import {stat} from 'node:fs/promises';
import type {EvalTask} from '../../eval/task.js';
import {openInput} from '../../runs/input/open-input.js';
import {inputRecords} from '../../runs/input/records.js';
import {placedError} from '../../utils/file-error.js';
import type {EvalFlags} from './options.js';

/**
 * Reads all of a data set, before the models are loaded and hours have gone into the records ahead of a wrong one. A pipe
 * gives what it has once, so it is not read; nor is anything read where wrong records are to be skipped.
 *
 * @throws an error with the place of the first record that is wrong, or if there is none
 */
export async function checkRecords(
  file: string,
  task: EvalTask<unknown>,
  {keepGoing}: Pick<EvalFlags, 'keepGoing'>,
  signal: AbortSignal,
): Promise<void> {
  if (keepGoing || file === '-') {
    return;
  }

  const stats = await stat(file).catch(() => undefined);
  if (stats && !stats.isFile() && !stats.isDirectory()) {
    return;
  }

  const input = await openInput(file, signal);
  try {
    let count = 0;
    for await (const {bytes, place} of inputRecords(input, task.noun)) {
      count++;
      try {
        task.read(bytes);
      } catch (error) {
        throw placedError(place, error);
      }
    }

    if (count === 0) {
      throw new Error(`${file} has no ${task.noun} in it`);
    }
  } finally {
    input.stream.destroy();
  }
}
