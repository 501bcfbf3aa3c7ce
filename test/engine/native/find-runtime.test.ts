import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {findRuntime} from '../../../lib/engine/native/find-runtime.js';
import {loadAddon} from '../../../lib/engine/native/load-addon.js';
import {runScript, type ScriptResult} from '../../helpers/run-script.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';

const root = temporaryDirectory();
const real = findRuntime();

function newDirectory(): string {
  return mkdtempSync(path.join(root, 'runtime-'));
}

/** Opens the bundled pair in a process of its own, and tells what came of it. */
async function openWith(environment: Record<string, string>, options = 'gpu: false'): Promise<ScriptResult> {
  return runScript(`
    import {bundledPair, openPair, scoreSteps} from './lib/index.js';
    import process from 'node:process';
    Object.assign(process.env, ${JSON.stringify(environment)});
    try {
      const pair = await openPair({...bundledPair(), ${options}});
      const {reward} = await scoreSteps(pair, {prompt: 'x', response: 'y'});
      console.log('opened', Number.isFinite(reward), pair.info.devices.length);
      await pair.close();
    } catch (error) {
      console.log(error.name, error.code, error.message);
    }
  `);
}

/** A folder with links to the real libraries, but for those whose names match. */
function folderOfLinks(leaveOut?: RegExp): string {
  const directory = newDirectory();
  for (const name of readdirSync(real.backendsDirectory).filter(file => !leaveOut?.test(file))) {
    symlinkSync(path.join(real.backendsDirectory, name), path.join(directory, name));
  }

  return directory;
}

/** Compiles C into a library; `false` without a compiler. */
function compile(source: string, library: string): boolean {
  const file = path.join(newDirectory(), 'source.c');
  writeFileSync(file, source);
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, file], {stdio: 'pipe'});
    return true;
  } catch {
    return false;
  }
}

function leaveOut(t: ExecutionContext, why: string): void {
  t.log(`left out: ${why}`);
  t.pass();
}

test('the libraries are found without being told where', t => {
  t.is(real.libraries.length, 3);
  t.true(real.libraries.every(library => path.dirname(library) === real.backendsDirectory));
});

test('a folder of libraries that the environment names is used', async t => {
  if (process.platform === 'win32') {
    leaveOut(t, 'links need rights on Windows');
    return;
  }

  const {stdout, stderr} = await openWith({IMPLICIT_PRM_RUNTIME: folderOfLinks()});
  t.deepEqual({stdout, stderr}, {stdout: 'opened true 0\n', stderr: ''});
});

test('a folder that is not there is an error with its path and what to do', async t => {
  const missing = path.join(root, 'missing');
  const {stdout, stderr} = await openWith({IMPLICIT_PRM_RUNTIME: missing});
  t.true(stdout.startsWith('RuntimeLoadError RUNTIME_NOT_FOUND'), stdout);
  t.true(stdout.includes(missing));
  t.regex(stdout, /unset it/);
  t.is(stderr, '');
});

test('a file in place of a folder is an error', async t => {
  const {stdout} = await openWith({IMPLICIT_PRM_RUNTIME: real.libraries[0]!});
  t.true(stdout.startsWith('RuntimeLoadError RUNTIME_NOT_FOUND'), stdout);
  t.true(stdout.includes(real.libraries[0]!));
});

test('a folder without libraries is an error that names all of them', async t => {
  const empty = newDirectory();
  mkdirSync(path.join(empty, 'folder'));
  const {stdout} = await openWith({IMPLICIT_PRM_RUNTIME: empty});
  t.true(stdout.startsWith('RuntimeLoadError RUNTIME_NOT_FOUND'), stdout);
  t.true(stdout.includes(`${empty} lacks the llama.cpp library ggml-base, ggml, llama`), stdout);
});

test('a folder without one of the libraries is an error that names it', async t => {
  if (process.platform === 'win32') {
    leaveOut(t, 'links need rights on Windows');
    return;
  }

  const {stdout} = await openWith({IMPLICIT_PRM_RUNTIME: folderOfLinks(/^libllama\./)});
  t.regex(stdout, /^RuntimeLoadError RUNTIME_NOT_FOUND .* lacks the llama\.cpp library llama: /);
});

test('a folder without any backend is an error', async t => {
  if (process.platform !== 'linux') {
    leaveOut(t, 'elsewhere the backends are named otherwise');
    return;
  }

  const {stdout, stderr} = await openWith({IMPLICIT_PRM_RUNTIME: folderOfLinks(/-(cpu|cuda|vulkan|metal)/)});
  t.regex(stdout, /^RuntimeLoadError RUNTIME_NOT_FOUND .*backend/);
  t.is(stderr, '');
});

test('a file that is no library is an error', async t => {
  if (process.platform !== 'linux') {
    leaveOut(t, 'the name is that of Linux');
    return;
  }

  const directory = folderOfLinks(/^libllama\./);
  writeFileSync(path.join(directory, 'libllama.so'), 'no library');
  const {stdout} = await openWith({IMPLICIT_PRM_RUNTIME: directory});
  t.regex(stdout, /^RuntimeLoadError RUNTIME_NOT_FOUND Could not load .*libllama\.so/);
});

for (const [what, source, says] of [
  ['of another version', 'const char *llama_version(void) { return "0.4.2"; }', /version 0\.4\.2/],
  ['that does not tell its version', 'int nothing(void) { return 0; }', /do not tell their version/],
] as const) {
  test(`a library ${what} is an error that names the versions`, async t => {
    const directory = process.platform === 'linux' ? folderOfLinks(/^libllama\./) : undefined;
    if (directory === undefined || !compile(source, path.join(directory, 'libllama.so'))) {
      leaveOut(t, 'not Linux, or no C compiler');
      return;
    }

    const {stdout, stderr} = await openWith({IMPLICIT_PRM_RUNTIME: directory});
    t.true(stdout.startsWith('RuntimeLoadError RUNTIME_MISMATCH'), stdout);
    t.regex(stdout, says);
    t.true(stdout.includes(loadAddon().llamaVersion), stdout);
    t.true(stdout.includes(path.join(directory, 'libllama.so')), stdout);
    t.is(stderr, '');
  });
}

test('an addon that is not there is an error with the command that builds one', async t => {
  const missing = path.join(root, 'missing.node');
  const {stdout} = await openWith({IMPLICIT_PRM_ADDON: missing});
  t.true(stdout.startsWith('RuntimeLoadError ADDON_NOT_FOUND'), stdout);
  t.true(stdout.includes(missing));
  t.regex(stdout, /Build it with: node ".*build-native\.js"/);
});

test('a file that is no addon is an error with the command that builds one', async t => {
  const file = path.join(root, 'text.node');
  writeFileSync(file, 'no addon');
  const {stdout} = await openWith({IMPLICIT_PRM_ADDON: file});
  t.true(stdout.startsWith('RuntimeLoadError ADDON_NOT_FOUND'), stdout);
  t.true(stdout.includes(`${file} could not be loaded`));
  t.regex(stdout, /Build it with: node ".*build-native\.js"/);
});

test('a module that is not our addon is an error', async t => {
  const file = path.join(root, 'other.cjs');
  writeFileSync(file, 'module.exports = {Pair: 1};');
  const {stdout} = await openWith({IMPLICIT_PRM_ADDON: file});
  t.regex(stdout, /^RuntimeLoadError ADDON_NOT_FOUND .*it is not the addon of implicit-prm/);
});

for (const gpu of ['cuda', 'vulkan', 'metal']) {
  test(`gpu: '${gpu}' opens on such a device or says that there is none`, async t => {
    const {code, stdout, stderr} = await openWith({}, `gpu: '${gpu}'`);
    t.regex(
      stdout,
      new RegExp(
        `^(opened true [1-9]\\d*|RuntimeLoadError GPU_UNAVAILABLE No ${gpu} device is available.*)\\n$`,
      ),
    );
    t.deepEqual({code, stderr}, {code: 0, stderr: ''});
    t.log(stdout.trim());
  });
}

test("gpu: 'auto' opens wherever it is", async t => {
  const {code, stdout, stderr} = await openWith({}, "gpu: 'auto'");
  t.regex(stdout, /^opened true \d+\n$/);
  t.deepEqual({code, stderr}, {code: 0, stderr: ''});
});

test('no environment is needed for gpu to be left out', async t => {
  const {code, stdout, stderr} = await openWith({}, '');
  t.regex(stdout, /^opened true \d+\n$/);
  t.deepEqual({code, stderr}, {code: 0, stderr: ''});
});
