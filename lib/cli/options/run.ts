import {type Command, Option} from 'commander';
import {parseShard} from './shard.js';

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
