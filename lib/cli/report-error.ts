import {constants} from 'node:os';
import process from 'node:process';
import {inspect} from 'node:util';
import {CommanderError} from 'commander';
import {printable} from '../utils/printable.js';
import {Interruption} from './interruptible.js';

/** What a shell has for a program that SIGPIPE ended, as it would this one if Node did not ignore it. */
const brokenPipe = 128 + constants.signals.SIGPIPE;

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
 * @returns the exit code; 0 for what is no failure, such as `--help`
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
    process.stderr.write('implicit-prm: whoever read stdout went away before all was written\n');
    return brokenPipe;
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
