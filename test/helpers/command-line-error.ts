import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {type Command, CommanderError} from 'commander';
import {createProgram} from '../../lib/cli/create-program.js';
import {packageRoot} from '../cli/cli-process.js';

const {scripts, dependencies} = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
};

/** What is wrong with a command of a guide, `null` if nothing is. Runs nothing. */
export async function commandLineError(words: readonly string[]): Promise<string | null> {
  const [program, ...args] = words[0] === 'npx' ? words.slice(1) : words;
  switch (program) {
    case 'implicit-prm':
      return ownError(args);
    case 'npm':
      return npmError(args);
    case 'node':
      return fileError(args[0]!.replace('node_modules/implicit-prm/', ''));
    case 'python':
      return pythonError(args);
    case 'curl':
      // What is asked of a server, and what it answers, is tested with the server.
      return args[0]!.startsWith('localhost:8000/') ? null : 'curl asks no server of this package';
    case 'llama-quantize':
      return args.length === 3 ? null : 'llama-quantize takes a file, a file and a type';
    default:
      return `unknown command ${program}`;
  }
}

async function ownError(args: readonly string[]): Promise<string | null> {
  const program = createProgram();
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .configureOutput({writeErr: () => undefined, writeOut: () => undefined})
      .hook('preAction', () => {
        // Everything was parsed; nothing is to be done.
        throw new Parsed();
      });
  }

  try {
    await program.parseAsync(args, {from: 'user'});
    return 'nothing is done';
  } catch (error) {
    return error instanceof Parsed || (error instanceof CommanderError && error.exitCode === 0)
      ? null
      : (error as Error).message;
  }
}

class Parsed extends Error {}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function npmError([command, script, ...rest]: readonly string[]): string | null {
  if (command === 'install') {
    return installError([script!, ...rest].filter(word => !word.startsWith('-')));
  }

  const isKnown = ['ci', 'test'].includes(command!) || (command === 'run' && Object.hasOwn(scripts, script!));
  return isKnown ? null : `npm ${command} ${script ?? ''} does nothing`;
}

/** Libraries have to be of the version that the package pins. */
function installError(packages: readonly string[]): string | null {
  const pinned = `@${dependencies['node-llama-cpp']}`;
  const odd = packages.find(
    name => name !== 'implicit-prm' && !(name.startsWith('@node-llama-cpp/') && name.endsWith(pinned)),
  );
  return odd === undefined ? null : `${odd} is not of this package, or of another version`;
}

function fileError(file: string): string | null {
  return existsSync(path.join(packageRoot, file)) ? null : `there is no file ${file}`;
}

/** A script of llama.cpp has all of its options in its source. */
function pythonError([script, ...args]: readonly string[]): string | null {
  const file = path.join('build', 'llama.cpp', script!);
  // Only a clone that built the addon has the source.
  if (!existsSync(path.join(packageRoot, 'build', 'llama.cpp'))) {
    return null;
  }

  const source = existsSync(path.join(packageRoot, file))
    ? readFileSync(path.join(packageRoot, file), 'utf8')
    : '';
  const unknown = args.filter(arg => arg.startsWith('--') && !source.includes(`"${arg}"`));
  return fileError(file) ?? (unknown.length === 0 ? null : `${script} has no option ${unknown.join(', ')}`);
}
