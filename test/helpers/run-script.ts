import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath, pathToFileURL} from 'node:url';

/** How a child process ended and what it printed. */
export interface ScriptResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs TypeScript in a process of its own, in the folder of the package. A file and not `--eval`, since options of node
 * are handed on to whatever the script forks.
 *
 * @param source - an ES module; it may import `./lib/…` and packages
 * @param nodeOptions - further options for node
 * @param wrapper - a command that runs node, and its options; none unless given
 * @param environment - variables to add to those of this process
 */
export async function runScript(
  source: string,
  nodeOptions: readonly string[] = [],
  {wrapper = [], environment = {}}: {wrapper?: readonly string[]; environment?: Record<string, string>} = {},
): Promise<ScriptResult> {
  const cache = path.join(root, 'node_modules', '.cache', 'implicit-prm');
  mkdirSync(cache, {recursive: true});
  const directory = mkdtempSync(path.join(cache, 'script-'));
  const file = path.join(directory, 'script.mts');
  writeFileSync(file, source.replaceAll("'./lib/", `'${pathToFileURL(root).href}lib/`));
  try {
    return await run([...wrapper, process.execPath, '--import=tsx', ...nodeOptions, file], environment);
  } finally {
    rmSync(directory, {recursive: true});
  }
}

async function run(
  [command, ...arguments_]: readonly string[],
  environment: Record<string, string>,
): Promise<ScriptResult> {
  const env = {...process.env, ...environment};
  const child = spawn(command!, arguments_, {cwd: root, env, stdio: ['ignore', 'pipe', 'pipe']});
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', chunk => {
    stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({code, signal, stdout, stderr}));
  });
}
