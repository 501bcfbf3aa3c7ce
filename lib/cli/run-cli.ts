import process from 'node:process';
import {createProgram} from './create-program.js';
import {reportError} from './report-error.js';

/**
 * Runs the command line.
 *
 * @param argv - as `process.argv`: the first two are Node and the script
 * @returns the exit code: 0, 1 for an error, 2 for a wrong use, 3 if `score --keep-going` skipped lines,
 * 129, 130 or 143 after a signal, 141 if stdout was closed before all was written
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  // Without a listener a reader that goes away (`| head`) ends in a stack trace. Whoever writes hears of it as well.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => undefined);
  }

  try {
    await createProgram().parseAsync(argv);
    return 0;
  } catch (error) {
    return reportError(error);
  }
}
