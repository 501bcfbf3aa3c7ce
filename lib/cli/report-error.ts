import process from 'node:process';
import {inspect} from 'node:util';
import {CommanderError} from 'commander';
import {printable} from '../utils/printable.js';
import {Interruption} from './interruptible.js';

/** What `info --check` ends with if the models are no pair. The text on stdout has said so already. */
export class CheckFailed extends Error {
  static {
    CheckFailed.prototype.name = 'CheckFailed';
  }
}

/** What `score --keep-going` ends with if lines were skipped. The text on stderr has said so already. */
export class LinesSkipped extends Error {
  static {
    LinesSkipped.prototype.name = 'LinesSkipped';
  }
}

/**
 * Tells the user of an error on one line of stderr, and chooses the exit code. The stack is printed only with
 * `IMPLICIT_PRM_DEBUG=1`.
 *
 * @param error - whatever a command threw
 * @returns the exit code; 0 for what is no failure, such as `--help` or a reader that went away
 */
export function reportError(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its message already.
    return error.exitCode === 0 ? 0 : 2;
  }

  if (error instanceof Interruption) {
    return error.exitCode;
  }

  if (error instanceof CheckFailed) {
    return 1;
  }

  if (error instanceof LinesSkipped) {
    return 3;
  }

  if (isBrokenPipe(error)) {
    return 0;
  }

  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`implicit-prm: ${printable(message)}\n`);
  if (process.env.IMPLICIT_PRM_DEBUG === '1') {
    process.stderr.write(`${inspect(error)}\n`);
  }

  return 1;
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
