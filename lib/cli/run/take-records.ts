import {linesOfFile} from '../../runs/files/read-lines.js';
import {isSkippedLine} from '../../runs/skipped-line.js';
import {placedError} from '../../utils/file-error.js';
import type {RunCounts} from './run-lines.js';

/**
 * Hands over the records of a file, all but the lines that stand for what was skipped.
 *
 * @returns how many lines there are, and how many of those
 */
export async function takeRecords(
  file: string,
  signal: AbortSignal,
  take: (record: Uint8Array) => void,
): Promise<RunCounts> {
  const counts = {lines: 0, skipped: 0};
  for await (const {bytes, number} of linesOfFile(file)) {
    signal.throwIfAborted();
    counts.lines++;
    if (isSkippedLine(bytes)) {
      counts.skipped++;
      continue;
    }

    try {
      take(bytes);
    } catch (error) {
      throw placedError(`${file}:${number}`, error);
    }
  }

  return counts;
}
