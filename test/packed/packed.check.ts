import {execFileSync, spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {elfSymbols} from './elf-symbols.js';
import {InstalledPackage, pack, platform, projectRoot} from './installed-package.js';

const packed = pack();
const installed = new InstalledPackage(packed.tarball);

const score = `({bundledPair, openPair, scoreSteps}) => openPair({...bundledPair(), gpu: false, threads: 1})
  .then(async pair => {
    const {steps} = await scoreSteps(pair, {prompt: 'Compute 2 + 3', response: 'Answer: 5'});
    console.log(steps.length, typeof steps[0].reward);
    await pair.close();
  })`;

test('the package holds what is needed to use it, and nothing else', t => {
  const needed = [
    'package.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'CMakeLists.txt',
    'binding.gyp',
    'scripts/build-native.js',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/main.js',
    'models/students/base.gguf',
    'models/students/adapter.gguf',
    'native/addon.cpp',
    'prebuilds/manifest.json',
    `prebuilds/${platform}/implicit_prm.node`,
  ];
  t.deepEqual(
    needed.filter(file => !packed.files.includes(file)),
    [],
  );
  const allowed =
    /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md|CMakeLists\.txt|binding\.gyp|scripts\/build-native\.js|(?:dist|models|native|examples|integrations)\/.+|prebuilds\/(?:manifest\.json|[\w-]+\/implicit_prm\.node))$/u;
  t.deepEqual(
    packed.files.filter(file => !allowed.test(file)),
    [],
  );
  t.true(packed.files.length < 1100, `${packed.files.length} files`);
  t.true(packed.size < 9e6, `${packed.size} bytes packed`);
  t.true(packed.unpackedSize < 16e6, `${packed.unpackedSize} bytes`);
  t.log(`${packed.files.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`);
});

test('a release needs the addons of all six platforms', t => {
  const {status, stderr} = spawnSync(process.execPath, ['scripts/check-prebuilds.js', '--required'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  const lacks = [...stderr.matchAll(/(?:linux|darwin|win32)-(?:x64|arm64) (?:is|was) [^;.]*/gu)].map(String);
  t.is(status, lacks.length === 0 ? 0 : 1, stderr);
  const all = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'];
  for (const name of all.filter(one => !packed.files.includes(`prebuilds/${one}/implicit_prm.node`))) {
    t.true(lacks.includes(`${name} is missing`), stderr);
  }

  t.log(lacks.length === 0 ? 'all there' : lacks.join(', '));
});

test('nothing is compiled at the install, and no more than the platform’s libraries are fetched', t => {
  t.false(existsSync(installed.file('build')));
  const packages = readdirSync(path.join(installed.directory, 'node_modules', '@node-llama-cpp'));
  t.deepEqual(packages, [platform]);
  const {status, output} = installed.run('npm', ['ls', '--all', '--parseable']);
  t.is(status, 0, output);
  const kilobytes = Number(
    execFileSync('du', ['-sk', installed.directory], {encoding: 'utf8'}).split('\t')[0],
  );
  t.true(kilobytes < 130_000, `${kilobytes} kB`);
  t.log(`${Math.round(kilobytes / 1000)} MB installed`);
});

test('an installed package can be imported', t => {
  const result = installed.script(
    'import.mjs',
    `import * as prm from 'implicit-prm'; await (${score})(prm);`,
  );
  t.deepEqual(result, {status: 0, signal: null, output: '1 number\n'});
});

test('an installed package can be required', t => {
  const result = installed.script('require.cjs', `(${score})(require('implicit-prm'));`);
  t.deepEqual(result, {status: 0, signal: null, output: '1 number\n'});
});

test('a process in which only worker threads used the addon ends well', t => {
  const result = installed.script(
    'workers.mjs',
    `import {once} from 'node:events';
import {isMainThread, Worker} from 'node:worker_threads';
if (isMainThread) {
  for (let count = 0; count < 2; count++) {
    const [code] = await once(new Worker(new URL(import.meta.url)), 'exit');
    console.log('worker', code);
  }
} else {
  await (${score})(await import('implicit-prm'));
}`,
  );
  t.deepEqual(result, {
    status: 0,
    signal: null,
    output: '1 number\nworker 0\n1 number\nworker 0\n',
  });
});

test('the command line of an installed package runs its demo', t => {
  const {status, output} = installed.run('npm', [
    'exec',
    '--offline',
    '--',
    'implicit-prm',
    'demo',
    '--json',
  ]);
  t.is(status, 0, output);
  t.true(output.includes('"rewards"') || output.includes('"steps"'), output.slice(0, 500));
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('the prebuilt addon offers and needs no more than it has to', t => {
  const symbols = elfSymbols(installed.file('prebuilds', platform, 'implicit_prm.node'));
  t.deepEqual(symbols.defined.sort(), ['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
  t.true(symbols.isNodelete);
  const [major, minor] = symbols.glibc.split('.').map(Number);
  t.true(major === 2 && minor! <= 28, symbols.glibc);
  t.deepEqual(
    symbols.libraries.filter(name => !/^(?:lib(?:c|m|dl|pthread)\.so\.\d|ld-linux.*)$/u.test(name)),
    [],
  );
  t.true(symbols.fromHost.length > 50);
  t.deepEqual(
    symbols.fromHost.filter(name => !/^napi_/u.test(name)),
    [],
  );
  t.deepEqual(
    symbols.fromLibraries.filter(name => !name.includes('@GLIBC_')),
    [],
  );
  t.log(
    `glibc ${symbols.glibc}, ${symbols.fromHost.length} functions of Node-API, ${symbols.fromLibraries.length} of it`,
  );
});

test('the manifest tells what is in the package', t => {
  const manifest = JSON.parse(readFileSync(installed.file('prebuilds', 'manifest.json'), 'utf8'));
  t.true(Object.keys(manifest).includes(platform));
  for (const [name, {sha256, sources, 'llama.cpp': version}] of Object.entries<Record<string, string>>(
    manifest,
  )) {
    t.regex(version!, /^\d+\.\d+\.\d+$/u);
    t.regex(sources!, /^[\da-f]{64}$/u);
    const addon = readFileSync(installed.file('prebuilds', name, 'implicit_prm.node'));
    t.is(createHash('sha256').update(addon).digest('hex'), sha256!);
  }
});
