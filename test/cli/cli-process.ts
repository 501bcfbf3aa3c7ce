import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {isBuilt} from '../helpers/is-built.js';

export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

/** What Node needs to run the command line, from any folder. */
export const cliArguments = isBuilt(packageRoot)
  ? [path.join(packageRoot, 'dist', 'cli', 'main.js')]
  : [`--import=${import.meta.resolve('tsx')}`, path.join(packageRoot, 'lib', 'cli', 'main.ts')];

/** How a process ended and what it printed. */
export interface CliResult {
  /** `null` if a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What a run of the command line is given besides its arguments. */
export interface CliOptions {
  /** What is on its stdin; nothing if left out. */
  input?: string | Uint8Array;
  /** Variables to add to those of this process. */
  env?: NodeJS.ProcessEnv;
}

/** What tells programs of colours and widths; a terminal on a CI machine has none by default. */
const ofTheTerminal = new Set([
  'FORCE_COLOR',
  'NO_COLOR',
  'COLUMNS',
  'CI',
  'TF_BUILD',
  'TEAMCITY_VERSION',
  'TERM_PROGRAM',
]);

/** The variables without those that tell of the terminal of the tests, and of its colours. */
export function withoutTerminal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofTheTerminal.has(name)));
}

/** Starts a program in the package's folder, without what the terminal of the tests would tell it of colours. */
export function start(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcessWithoutNullStreams {
  return spawn(command, args, {cwd: packageRoot, env: {...withoutTerminal(process.env), ...env}});
}

/** Starts the command line. */
export function startCli(args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams {
  return start(process.execPath, [...cliArguments, ...args], env);
}

/** Waits for the end of a process. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<CliResult> {
  const output = {stdout: '', stderr: ''};
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', text => {
      output[name] += text;
    });
  }

  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({code, ...output}));
  });
}

/** Runs the command line to its end. */
export async function runCli(
  args: readonly string[],
  {input = '', env = {}}: CliOptions = {},
): Promise<CliResult> {
  const child = startCli(args, env);
  // It may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return ended(child);
}

/** The objects of JSON lines, each of which has to have its line end. */
export function parseLines<T = Record<string, unknown>>(text: string): T[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') {
    throw new Error('The last line has no end');
  }

  return lines.map(line => JSON.parse(line) as T);
}
