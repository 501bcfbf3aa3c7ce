// What the cross build needs besides the package's own dependencies, kept in .prebuild/: zig, from PyPI, and the
// llama.cpp headers, from the source inside node-llama-cpp.
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
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

/** Returns the folder of llama.cpp's source and its version, such as `0.5.0`. */
export function checkOutLlama() {
  const llama = path.join(
    path.dirname(createRequire(import.meta.url).resolve('node-llama-cpp')),
    '..',
    'llama',
  );
  const {tag} = JSON.parse(readFileSync(path.join(llama, 'llama.cpp.info.json'), 'utf8'));
  const source = path.join(workshop, `llama.cpp-${tag}`);
  if (!existsSync(source)) {
    mkdirSync(workshop, {recursive: true});
    const beside = `${source}.${process.pid}`;
    run('git', [
      'clone',
      '--quiet',
      '-c',
      'advice.detachedHead=false',
      path.join(llama, 'gitRelease.bundle'),
      beside,
    ]);
    rmSync(path.join(beside, '.git'), {recursive: true});
    renameSync(beside, source);
  }

  const lines = readFileSync(path.join(source, 'CMakeLists.txt'), 'utf8');
  const version = ['MAJOR', 'MINOR', 'PATCH'].map(
    part => new RegExp(`set\\(LLAMA_VERSION_${part}\\s+(\\d+)`).exec(lines)[1],
  );
  return {source, version: version.join('.')};
}
