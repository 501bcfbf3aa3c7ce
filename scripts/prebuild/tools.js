// What the cross build needs besides the package's own dependencies, kept in .prebuild/: zig, from PyPI, and the
// llama.cpp headers, from the source inside node-llama-cpp.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

export const zigVersion = '0.17.1';
export const root = fileURLToPath(new URL('../../', import.meta.url));
export const workshop = path.join(root, '.prebuild');

/** Runs a command to its end and ends this process if it fails. */
export function run(command, args, options = {}) {
  const {status, error} = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
  if (status !== 0) {
    process.stderr.write(
      `\nprebuild: ${command} ${error ? `could not be run: ${error.message}` : 'failed, see above'}\n`,
    );
    process.exit(1);
  }
}

/** Returns the path of the zig command, installed if it is not there yet. */
export function installZig() {
  const folder = path.join(workshop, `zig-${zigVersion}`);
  if (!existsSync(folder)) {
    mkdirSync(workshop, {recursive: true});
    const beside = `${folder}.${process.pid}`;
    const python = process.platform === 'win32' ? 'python' : 'python3';
    run(python, ['-m', 'pip', 'install', '--quiet', '--target', beside, `ziglang==${zigVersion}`]);
    renameSync(beside, folder);
  }

  return path.join(folder, 'ziglang', process.platform === 'win32' ? 'zig.exe' : 'zig');
}

/** The native sources, as paths from the root. */
export function nativeSources(extension) {
  return readdirSync(path.join(root, 'native'), {recursive: true, encoding: 'utf8'})
    .filter(name => extension.test(name))
    .map(name => path.join('native', name))
    .sort();
}

/** SHA-256 of all native sources: an addon that was built of others is out of date. */
export function sourcesDigest() {
  const hash = createHash('sha256');
  for (const name of nativeSources(/\.(?:cpp|h)$/u)) {
    hash.update(`${name.replaceAll(path.sep, '/')}\n`).update(readFileSync(path.join(root, name)));
  }

  return hash.digest('hex');
}

/** The llama.cpp release inside node-llama-cpp: the bundle of its source, and its version, such as `0.5.0`. */
export function pinnedLlama() {
  const entry = createRequire(import.meta.url).resolve('node-llama-cpp');
  const folder = path.join(path.dirname(entry), '..', 'llama');
  const {tag} = JSON.parse(readFileSync(path.join(folder, 'llama.cpp.info.json'), 'utf8'));
  return {bundle: path.join(folder, 'gitRelease.bundle'), version: tag.replace(/^v/u, '')};
}

/** Returns the folder of llama.cpp's source, checked out if it is not there yet. */
export function checkOutLlama() {
  const {bundle, version} = pinnedLlama();
  const source = path.join(workshop, `llama.cpp-${version}`);
  if (!existsSync(source)) {
    mkdirSync(workshop, {recursive: true});
    const beside = `${source}.${process.pid}`;
    run('git', ['-c', 'advice.detachedHead=false', 'clone', '--quiet', bundle, beside]);
    rmSync(path.join(beside, '.git'), {recursive: true});
    renameSync(beside, source);
  }

  return source;
}
