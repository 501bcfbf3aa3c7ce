import process from 'node:process';
import {Chalk, type ChalkInstance} from 'chalk';
import {fileError} from '../../utils/file-error.js';

/**
 * Writes to stdout and waits until the text is handed on, so that a slow reader slows us down and memory stays flat.
 *
 * @throws the system's own error with code `EPIPE` if nobody reads any more
 */
export async function writeStdout(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, error => (error ? reject(describe(error)) : resolve()));
  });
}

function describe(error: NodeJS.ErrnoException): Error {
  return error.code === 'EPIPE' ? error : fileError('cannot write to stdout', error);
}

/**
 * Makes the colours for stdout: none for `--no-color`, none for a file or a pipe (unless FORCE_COLOR asks for them),
 * and none if NO_COLOR is set, which chalk itself does not heed.
 *
 * @param wanted - false for `--no-color`
 */
export function createChalk(wanted: boolean): ChalkInstance {
  return wanted && !process.env.NO_COLOR ? new Chalk() : new Chalk({level: 0});
}

/** The columns of the terminal that stdout is, else those that COLUMNS tells, else without end. */
export function terminalWidth(): number {
  // A terminal that does not know its size says 0.
  return process.stdout.columns || Number(process.env.COLUMNS) || Number.POSITIVE_INFINITY;
}
