// Builds the native code with sanitizers, and runs tests with it.
//
//   npm run test:asan [-- FILES OF TESTS AND OTHER ARGUMENTS OF AVA]
//   npm run test:tsan [-- FILES OF TESTS AND OTHER ARGUMENTS OF AVA]
//
// The addon alone is instrumented, not llama.cpp, ggml and Node: what goes wrong inside of them is not seen.
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {testFilesIn} from './test-files.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const compiler = process.env.CXX ?? 'c++';

// All that runs the addon in the process of the test, but for what measures memory: sanitizers keep freed memory for a while.
// What is done in child processes, such as the command line, meets the same native code.
const leftOut = [
  'test/native/leaks.test.ts',
  // These look for files, and begin many processes.
  'test/engine/native/find-runtime.test.ts',
  'test/engine/native/runtime-libraries.test.ts',
];
const sanitizers = {
  // AddressSanitizer and UndefinedBehaviorSanitizer. Leaks are not looked for, since node leaves plenty at exit:
  // test/native/leaks.test.ts does that.
  address: {
    tests: ['test/engine', 'test/native', 'test/pair', 'test/score', 'test/session', 'test/text'],
    libraries: ['libasan.so', 'libubsan.so', 'libstdc++.so'],
    environment: {ASAN_OPTIONS: 'detect_leaks=0', UBSAN_OPTIONS: 'print_stacktrace=1'},
  },
  thread: {
    tests: [
      'test/native/concurrency.test.ts',
      'test/native/lifecycle.test.ts',
      'test/native/model-logprobs.test.ts',
      'test/session',
    ],
    libraries: ['libtsan.so', 'libstdc++.so'],
    environment: {},
  },
};

const [name, ...args] = process.argv.slice(2);
const sanitizer = sanitizers[name];
if (process.platform !== 'linux' || sanitizer === undefined) {
  process.stderr.write('implicit-prm: test-sanitized.js address|thread, on Linux only\n');
  process.exit(1);
}

const out = path.join('build', name === 'address' ? 'asan' : 'tsan');
requireSuccess(run([path.join('scripts', 'build-native.js'), '--out', out, '-D', `IPRM_SANITIZE=${name}`]));
const reports = mkdtempSync(path.join(tmpdir(), 'iprm-sanitized-'));
const status = run(
  [
    path.join('node_modules', 'ava', 'entrypoints', 'cli.mjs'),
    '--timeout=10m',
    ...(args.length > 0 ? args : testFiles(sanitizer.tests)),
  ],
  {
    IMPLICIT_PRM_ADDON: path.join(root, out, 'Release', 'implicit_prm.node'),
    // node itself is built without the sanitizers, so their runtime has to be there before it.
    LD_PRELOAD: sanitizer.libraries.map(libraryPath).join(' '),
    // Reports of threads go to files: of those that are about node alone there are many.
    TSAN_OPTIONS: `log_path=${path.join(reports, 'thread')} exitcode=0`,
    ...sanitizer.environment,
  },
);
const all = allReports();
const races = all.filter(isOwn);
rmSync(reports, {recursive: true});
if (name === 'thread') {
  process.stdout.write(
    `${races.join('\n')}\nThreadSanitizer: ${races.length} reports on the addon; ${all.length - races.length} on Node alone are left out.\n`,
  );
}

process.stdout.write(
  `The addon alone was instrumented, not llama.cpp, ggml and Node${args.length > 0 ? '' : `; left out: ${leftOut.join(', ')}`}.\n`,
);

requireSuccess(status === 0 && races.length > 0 ? 1 : status);

/** The tests of folders and files, since ava takes no exceptions on its command line. */
function testFiles(places) {
  return places
    .flatMap(place => (place.endsWith('.ts') ? [place] : testFilesIn(root, place)))
    .filter(file => !leftOut.includes(file));
}

function allReports() {
  return readdirSync(reports)
    .flatMap(file => readFileSync(path.join(reports, file), 'utf8').split(/^={10,}$/mu))
    .filter(report => report.includes('WARNING: ThreadSanitizer'));
}

/** Whether the addon itself does something there, rather than having begun the thread in which node does. */
function isOwn(report) {
  const [accesses] = report.split(/^ {2}(?:Thread T|Location is|Mutex M)/mu);
  // The count of those who hold an exception is atomic, in libstdc++, where ThreadSanitizer does not see it.
  const isCounted = accesses.includes('exception_ptr::_M_release');
  return accesses.includes('implicit_prm.node') && !isCounted;
}

function libraryPath(library) {
  return execFileSync(compiler, [`-print-file-name=${library}`], {encoding: 'utf8'}).trim();
}

function run(nodeArguments, environment = {}) {
  const options = {cwd: root, stdio: 'inherit', env: {...process.env, ...environment}};
  return spawnSync(process.execPath, nodeArguments, options).status ?? 1;
}

function requireSuccess(code) {
  if (code !== 0) {
    process.exit(code);
  }
}
