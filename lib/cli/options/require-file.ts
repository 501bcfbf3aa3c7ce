import type {Command} from 'commander';
import type {RunFlags} from './run-flags.js';

/** Ends the command with a message if an option needs a file to write and there is none. */
export function requireFile({output, resume, shard}: RunFlags, command: Command): void {
  if (output === undefined || output === '-') {
    const flag = resume ? '--resume' : shard && '--shard';
    if (flag) {
      command.error(`error: option '${flag}' needs a file to write: give '--output <file>'`);
    }
  }
}
