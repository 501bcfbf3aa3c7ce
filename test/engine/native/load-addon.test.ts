import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath, pathToFileURL} from 'node:url';
import test from 'ava';
import {build} from 'esbuild';
import {packageRoot} from '../../cli/cli-process.js';
import {runScript} from '../../helpers/run-script.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';

async function inBundle<T>(module: string): Promise<T> {
  const entry = fileURLToPath(new URL(`../../../lib/engine/native/${module}.ts`, import.meta.url));
  const bundle = path.join(temporaryDirectory(), 'some', 'where', 'deep', 'bundle.mjs');
  await build({entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile: bundle});
  return import(pathToFileURL(bundle).href);
}

test('a package in a bundle is told that it has to stay out of it', async t => {
  // As the tests with a sanitizer have it.
  delete process.env.IMPLICIT_PRM_ADDON;
  const {loadAddon} = await inBundle<{loadAddon: () => unknown}>('load-addon');
  t.regex(
    t.throws(() => loadAddon(), {code: 'ADDON_NOT_FOUND'})!.message,
    /There is no native addon .* mark it as external$/u,
  );
  const {findRuntime} = await inBundle<{findRuntime: () => unknown}>('find-runtime');
  t.regex(
    t.throws(() => findRuntime(), {code: 'RUNTIME_NOT_FOUND'})!.message,
    /is not installed; .* mark it as external\.$/u,
  );
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a system that is too old for the addon is told which one is needed', async t => {
  const addon = path.join(temporaryDirectory(), 'newer.node');
  const bytes = readFileSync(path.join(packageRoot, 'build', 'Release', 'implicit_prm.node'));
  // As if built on a later system: the loader looks for this version in the libc that it has.
  const place = bytes.indexOf(/GLIBC_2\.\d\d(?=\0)/u.exec(bytes.toString('latin1'))![0]);
  bytes.write('GLIBC_9', place, 'latin1');
  writeFileSync(addon, bytes);
  const {stdout} = await runScript(`
process.env.IMPLICIT_PRM_ADDON = ${JSON.stringify(addon)};
const {loadAddon} = await import('./lib/engine/native/load-addon.js');
try { loadAddon(); } catch (error) { console.log(error.code, error.message); }
`);
  t.regex(stdout, /^ADDON_NOT_FOUND .*GLIBC_9.*The system is too old: glibc 2\.34/u);
});
