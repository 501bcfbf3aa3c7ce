import {readFileSync} from 'node:fs';
import path from 'node:path';
import {Command} from 'commander';
import {packageRoot} from '../utils/package-root.js';
import {demoCommand} from './demo-command.js';
import {evalCommand} from './eval-command.js';
import {infoCommand} from './info-command.js';
import {mergeCommand} from './merge-command.js';
import {scoreCommand} from './score-command.js';

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
  for (const command of [demoCommand(), scoreCommand(), mergeCommand(), infoCommand(), evalCommand()]) {
    program.addCommand(
      command.helpOption('-h, --help', 'print help').configureHelp({showGlobalOptions: true}),
    );
  }

  for (const command of [program, ...program.commands]) {
    command.exitOverride();
  }

  return program;
}

function packageVersion(): string {
  const {version} = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8'));
  return String(version);
}
