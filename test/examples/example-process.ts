import process from 'node:process';
import {start} from '../cli/cli-process.js';

/** Starts an example as its users do, though without npx, which would take a second. */
export function startExample(name: string, args: readonly string[] = [], env?: NodeJS.ProcessEnv) {
  return start(process.execPath, ['--import=tsx', `examples/${name}.ts`, ...args], env);
}
