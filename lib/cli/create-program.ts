import {Command} from 'commander';
import {packageVersion} from '../utils/package-version.js';
import {printable} from '../utils/printable.js';
import {demoCommand} from './demo/command.js';
import {evalCommand} from './eval/command.js';
import {infoCommand} from './info/command.js';
import {mergeCommand} from './merge/command.js';
import {mergeLoraCommand} from './merge-lora/command.js';
import {reportCommand} from './report/command.js';
import {sampleCommand} from './sample/command.js';
import {scoreCommand} from './score/command.js';
import {searchCommand} from './search/command.js';
import {serveCommand} from './serve/command.js';
import {trainCommand} from './train/command.js';

/** Makes the command `implicit-prm` with its subcommands. Errors are thrown, the process is never ended. */
export function createProgram(): Command {
  const program = new Command('implicit-prm')
    .description('Process rewards from the log-ratios of two GGUF models, with no process labels.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    // Chalk reads it too, but only from the arguments of the process.
    .option('--no-color', 'print without colours (as does NO_COLOR=1)')
    .configureHelp({showGlobalOptions: true});
  for (const command of [
    demoCommand(),
    scoreCommand(),
    sampleCommand(),
    searchCommand(),
    mergeCommand(),
    serveCommand(),
    reportCommand(),
    infoCommand(),
    evalCommand(),
    trainCommand(),
    mergeLoraCommand(),
  ]) {
    program.addCommand(
      command.helpOption('-h, --help', 'print help').configureHelp({showGlobalOptions: true}),
    );
  }

  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({
      // It quotes what was typed, which may hold anything.
      outputError: (text, write) => write(text.split('\n').map(printable).join('\n')),
    });
  }

  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
