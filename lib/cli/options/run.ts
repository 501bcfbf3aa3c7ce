import {type Command, Option} from 'commander';
import type {Shard} from '../../runs/record.js';
import {parseShard} from './shard.js';

/** The options of commands that make a line of output of each line of input. */
export interface RunFlags {
  output?: string;
  resume?: true;
  overwrite?: true;
  keepGoing?: true;
  shard?: Shard;
  quiet?: true;
}

/**
 * Adds the options of `RunFlags` to a command, but for `--quiet`.
 *
 * @param output - what `--output` is for
 * @returns the command
 */
export function addRunOptions(command: Command, output: string): Command {
  return command
    .option('-o, --output <file>', output)
    .addOption(
      new Option('--resume', 'go on where the output ends, or begin it; needs --output').conflicts(
        'overwrite',
      ),
    )
    .option('--overwrite', 'replace what the output holds')
    .option('--keep-going', 'put {"line", "error"} for a line that cannot be scored, instead of stopping')
    .option(
      '--shard <i/n>',
      'score every n-th line from the i-th on; needs --output. auto: as a Slurm array or Kubernetes says',
      parseShard,
    );
}

/** Ends the command with a message if an option needs a file to write and there is none. */
export function requireFile({output, resume, shard}: RunFlags, command: Command): void {
  if (output === undefined || output === '-') {
    const flag = resume ? '--resume' : shard && '--shard';
    if (flag) {
      command.error(`error: option '${flag}' needs a file to write: give '--output <file>'`);
    }
  }
}
