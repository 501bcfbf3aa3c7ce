import process from 'node:process';
import {LinesSkipped} from '../lines-skipped.js';
import {counted} from '../terminal/counted.js';
import type {RunCounts} from './counts.js';

/**
 * Tells the user that lines could not be scored.
 *
 * @param noun - what a line is
 * @throws {@link LinesSkipped} if there are any
 */
export function tellSkipped({skipped, lines}: RunCounts, noun = 'line'): void {
  if (skipped > 0) {
    process.stderr.write(`implicit-prm: ${skipped} of ${counted(lines, noun)} could not be scored\n`);
    throw new LinesSkipped();
  }
}
