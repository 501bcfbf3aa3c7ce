// Builds the native code with AddressSanitizer and UndefinedBehaviorSanitizer, and runs the tests with it.
//
//   npm run test:asan [-- ARGUMENTS OF AVA]
//
// Leaks are not looked for here, since node leaves plenty at exit: test/native/leaks.test.ts does that, and is left out,
// since the sanitizer keeps freed memory for a while.
import {execFileSync, spawnSync} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const compiler = process.env.CXX ?? 'c++';
const everyTest = ['test/**/*.test.ts', '!test/native/leaks.test.ts'];

if (process.platform !== 'linux') {
  process.stderr.write('implicit-prm: the sanitizer build runs on Linux only.\n');
  process.exit(1);
}

run(process.execPath, [
  path.join(root, 'scripts', 'build-native.js'),
  '--out',
  'build/asan',
  '-D',
  'IPRM_SANITIZE=ON',
]);
run(
  process.execPath,
  [
    path.join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs'),
    '--timeout=10m',
    ...(process.argv.length > 2 ? process.argv.slice(2) : everyTest),
  ],
  {
    IMPLICIT_PRM_ADDON: path.join(root, 'build', 'asan', 'Release', 'implicit_prm.node'),
    // node itself is built without the sanitizers, so their runtime has to be there before it.
    LD_PRELOAD: ['libasan.so', 'libubsan.so', 'libstdc++.so'].map(libraryPath).join(' '),
    ASAN_OPTIONS: 'detect_leaks=0',
    UBSAN_OPTIONS: 'print_stacktrace=1',
  },
);

function libraryPath(name) {
  return execFileSync(compiler, [`-print-file-name=${name}`], {encoding: 'utf8'}).trim();
}

function run(command, args, environment = {}) {
  const {status} = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: {...process.env, ...environment},
  });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
