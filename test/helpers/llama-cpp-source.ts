import {execFileSync} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const projectDirectory = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The path of llama.cpp's `ggml-vocab-NAME.gguf`, or undefined where the release in use has no such file. Taken from
 * the build's checkout, or else from a copy made once out of the source that node-llama-cpp ships.
 */
export function vocabularyFile(name: string): string | undefined {
  const file = `ggml-vocab-${name}.gguf`;
  const built = join(projectDirectory, 'build', 'llama.cpp', 'models', file);
  if (existsSync(built)) return built;
  const cached = join(cachedModelsDirectory(), file);
  return existsSync(cached) ? cached : undefined;
}

function cachedModelsDirectory(): string {
  const cache = join(projectDirectory, 'node_modules', '.cache', 'implicit-prm');
  // Named by the release, so that an update of node-llama-cpp does not go on with old files.
  const target = join(cache, `llama.cpp-${releaseName()}-models`);
  if (!existsSync(target)) checkOutModels(cache, target);
  return target;
}

function checkOutModels(cache: string, target: string): void {
  mkdirSync(cache, {recursive: true});
  // Checked out aside and renamed when whole: another process sees all of it or nothing.
  const clone = join(cache, `clone-${process.pid}-${randomUUID()}`);
  try {
    git(['clone', '--quiet', '--no-checkout', bundleFile(), clone]);
    git(['-C', clone, '-c', 'core.autocrlf=false', 'checkout', '--quiet', 'HEAD', '--', 'models']);
    renameIfMissing(join(clone, 'models'), target);
  } finally {
    rmSync(clone, {recursive: true, force: true});
  }
}

function renameIfMissing(source: string, target: string): void {
  try {
    renameSync(source, target);
  } catch (error) {
    // Another process was faster; its files are the same.
    if (!existsSync(target)) throw error;
  }
}

function git(args: readonly string[]): void {
  // In a git hook these variables point to the project's own repository.
  const {GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_PREFIX, ...env} = process.env;
  execFileSync('git', args, {env, stdio: ['ignore', 'ignore', 'pipe']});
}

function bundleFile(): string {
  return join(llamaDirectory(), 'gitRelease.bundle');
}

function releaseName(): string {
  const info: {tag: string} = JSON.parse(readFileSync(join(llamaDirectory(), 'llama.cpp.info.json'), 'utf8'));
  return info.tag;
}

function llamaDirectory(): string {
  const entry = createRequire(import.meta.url).resolve('node-llama-cpp');
  return join(dirname(entry), '..', 'llama');
}
