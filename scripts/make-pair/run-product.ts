import {spawn} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import {text} from 'node:stream/consumers';
import {files} from './recipe.js';

const main = path.join(files.root, 'dist', 'cli', 'main.js');

/**
 * Runs a command of the package as it was built, and shows it, and what it says of its progress, on stderr.
 *
 * @returns what it prints to stdout
 * @throws an error if it fails
 */
export async function runProduct(...words: readonly (string | number)[]): Promise<string> {
  const args = words.map(String);
  const shown = args.map(word => word.replace(files.root, ''));
  console.error(`\nimplicit-prm ${shown.join(' ')}`);
  const child = spawn(process.execPath, [main, ...args], {stdio: ['ignore', 'pipe', 'inherit']});
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [stdout, code] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0) {
    throw new Error(`implicit-prm ${args[0]} ended with exit code ${code}`);
  }

  return stdout;
}
