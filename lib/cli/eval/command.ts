import {Command} from 'commander';
import {evalBestOfNCommand} from './best-of-n-command.js';
import {evalProcessBenchCommand} from './process-bench-command.js';

/** Makes the command `eval` with its subcommands: how good a pair is, measured on labelled data. */
export function evalCommand(): Command {
  const command = new Command('eval')
    .description('Measure how good a pair is on labelled data.')
    .helpCommand(false);
  for (const subcommand of [evalBestOfNCommand(), evalProcessBenchCommand()]) {
    command.addCommand(
      subcommand.helpOption('-h, --help', 'print help').configureHelp({showGlobalOptions: true}),
    );
  }

  return command;
}
