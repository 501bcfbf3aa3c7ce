import type {Command} from 'commander';
import {requireFile} from '../options/require-file.js';
import type {EvalFlags} from './flags.js';

/** Ends the command with a message if there is nothing to read or nowhere to write. */
export function evalUsage(file: string | undefined, flags: EvalFlags, command: Command): void {
  if ((file === undefined) === (flags.fromResults === undefined)) {
    command.error(
      file === undefined
        ? "error: missing required argument 'file' (or use --from-results)"
        : "error: option '--from-results <file>' cannot be used with a data set",
    );
  }

  if (flags.output === '-') {
    command.error("error: option '--output' needs a file: the tables go to stdout");
  }

  requireFile(flags, command);
}
