// Builds the native addon with CMake, into build/Release/implicit_prm.node.
//
//   node scripts/build-native.js [--out FOLDER] [-D NAME=VALUE]…
//
// With --out the addon stays in FOLDER/Release. CMake options: IPRM_SANITIZE (address, thread), IPRM_BUILD_LLAMA and llama.cpp's own.
import {spawnSync} from 'node:child_process';
import {copyFileSync, mkdirSync, renameSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));

const {values} = parseArgs({
  options: {out: {type: 'string'}, define: {type: 'string', short: 'D', multiple: true, default: []}},
});

requireTools();
const out = path.resolve(root, values.out ?? 'build/native');
runCmakeJs(['compile', '--directory', root, '--out', out, ...values.define.map(option => `--CD${option}`)]);
if (values.out === undefined) {
  const target = path.join(root, 'build', 'Release');
  mkdirSync(target, {recursive: true});
  // Written beside and renamed: a process that runs with the old addon keeps it.
  const beside = path.join(target, `implicit_prm.node.${process.pid}`);
  copyFileSync(path.join(out, 'Release', 'implicit_prm.node'), beside);
  renameSync(beside, path.join(target, 'implicit_prm.node'));
}

function requireTools() {
  const compilers = [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean);
  const missing = [
    runs('cmake') ? [] : ['CMake 3.18 or later'],
    runs('git') ? [] : ['git'],
    // CMake finds Visual Studio by other means than the path.
    process.platform === 'win32' || compilers.some(runs) ? [] : ['a C++17 compiler'],
  ].flat();
  if (missing.length > 0) {
    fail(`it needs ${missing.join(' and ')}, not found here.\n${howToInstall()}`);
  }
}

function howToInstall() {
  switch (process.platform) {
    case 'darwin':
      return 'Install them with: xcode-select --install && brew install cmake';
    case 'win32':
      return 'Install Visual Studio Build Tools (with "Desktop development with C++"), CMake and Git for Windows.';
    default:
      return 'Install them, on Debian or Ubuntu with: sudo apt-get install cmake git g++ make';
  }
}

function runs(command) {
  return spawnSync(command, ['--version'], {stdio: 'ignore'}).status === 0;
}

function runCmakeJs(args) {
  const cmakeJs = path.join(
    path.dirname(createRequire(import.meta.url).resolve('cmake-js/package.json')),
    'bin',
    'cmake-js',
  );
  const {status} = spawnSync(process.execPath, [cmakeJs, ...args], {stdio: ['ignore', 'inherit', 'inherit']});
  if (status !== 0) {
    fail('see the messages above.');
  }
}

function fail(why) {
  process.stderr.write(`\nimplicit-prm: its native addon could not be built: ${why}\n`);
  process.exit(1);
}
