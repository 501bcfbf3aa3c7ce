import process from 'node:process';
import {fileError} from '../../utils/file-error.js';

/**
 * Writes to stdout and waits until the text is handed on, so that a slow reader slows us down and memory stays flat.
 *
 * @throws the system's own error with code `EPIPE` if nobody reads any more, for the caller to end quietly
 */
export async function writeStdout(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, error => (error ? reject(describe(error)) : resolve()));
  });
}

function describe(error: NodeJS.ErrnoException): Error {
  return error.code === 'EPIPE' ? error : fileError('cannot write to stdout', error);
}
