import {type ChildProcess, type ForkOptions, fork} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

/** In dist/ a build, in lib/ a source: the child is what this file is. */
const extension = path.extname(fileURLToPath(import.meta.url));
const entry = fileURLToPath(new URL(`./child${extension}`, import.meta.url));

/** Starts a process that runs `child.ts`, with a channel that copies typed arrays as they are. */
export function forkChild(cwd: string): ChildProcess {
  // `fork` hands on what it does not know, which its types do not say.
  const options: ForkOptions & {windowsHide: boolean} = {
    cwd,
    env: childEnvironment(),
    execArgv: extension === '.js' ? [] : loaderOptions(process.execArgv),
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  };
  return fork(entry, [], options);
}

/** A debugger's options are the host's: its port is taken, and a child that waits for a debugger would wait for ever. */
function childEnvironment(): NodeJS.ProcessEnv {
  const {NODE_OPTIONS: options, ...environment} = process.env;
  return {
    // Else ggml starts a debugger when it aborts, which finds no symbols and takes seconds.
    GGML_NO_BACKTRACE: '1',
    ...environment,
    ...(options ? {NODE_OPTIONS: options.replace(/--inspect[\w-]*(?:=\S+)?/gu, '')} : {}),
  };
}

/** Of node's options those that make it understand TypeScript. */
function loaderOptions(options: readonly string[]): string[] {
  const loaders: string[] = [];
  for (const [index, option] of options.entries()) {
    if (/^--(?:import|require|loader)=/u.test(option)) {
      loaders.push(option);
    } else if (/^--(?:import|require|loader)$/u.test(option)) {
      loaders.push(option, options[index + 1]!);
    }
  }

  return loaders;
}
