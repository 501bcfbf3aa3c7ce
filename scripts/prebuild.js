// Builds the addons that the package carries, for all platforms on one machine, into prebuilds/.
//
//   npm run prebuild [-- PLATFORM…]
//
// Without names, such as linux-x64, all of scripts/prebuild/targets.js. It takes Python with pip, which gets zig, git, and
// one to two minutes of computing for each. prebuilds/manifest.json tells what was built of what, with SHA-256 sums.
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import process from 'node:process';
import {targets} from './prebuild/targets.js';
import {
  checkOutLlama,
  installZig,
  nativeSources,
  pinnedLlama,
  root,
  run,
  sourcesDigest,
  workshop,
  zigVersion,
} from './prebuild/tools.js';
import {windowsImports} from './prebuild/windows-imports.js';

const require = createRequire(import.meta.url);
const nodeAddonApi = path.dirname(require.resolve('node-addon-api/package.json'));
const nodeApiHeaders = path.dirname(require.resolve('node-api-headers/package.json'));
const prebuilds = path.join(root, 'prebuilds');

const chosen = process.argv.slice(2);
const unknown = chosen.find(name => !targets.some(({platform}) => platform === name));
if (unknown !== undefined) {
  process.stderr.write(
    `prebuild: ${unknown} is none of ${targets.map(({platform}) => platform).join(', ')}\n`,
  );
  process.exit(1);
}

const zig = installZig();
const llama = {source: checkOutLlama(), version: pinnedLlama().version};
for (const name of chosen.length > 0 ? chosen : targets.map(({platform}) => platform)) {
  const digest = sourcesDigest();
  build(targets.find(({platform}) => platform === name));
  addToManifest(name, digest);
}

function build({platform, zig: zigTarget, link}) {
  const started = performance.now();
  const target = path.join(prebuilds, platform, 'implicit_prm.node');
  // Written beside and renamed: a process that runs with the old addon keeps it.
  const output = path.join(workshop, `build-${process.pid}`);
  const beside = path.join(prebuilds, `.${platform}-${process.pid}`);
  mkdirSync(output, {recursive: true});
  mkdirSync(path.dirname(target), {recursive: true});
  run(
    zig,
    [
      'c++',
      '-target',
      zigTarget,
      ...compile(),
      ...sources(platform),
      ...link,
      '-o',
      path.join(output, 'implicit_prm.node'),
    ],
    {
      env: {
        ...process.env,
        ZIG_GLOBAL_CACHE_DIR: path.join(workshop, 'cache'),
        ZIG_LOCAL_CACHE_DIR: path.join(workshop, 'cache'),
      },
    },
  );
  renameSync(path.join(output, 'implicit_prm.node'), beside);
  renameSync(beside, target);
  rmSync(output, {recursive: true});
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(`${path.relative(root, target)}: ${statSync(target).size} bytes, ${seconds} s\n`);
}

/** The same options as in CMakeLists.txt. */
function compile() {
  const include = [
    path.join(nodeApiHeaders, 'include'),
    nodeAddonApi,
    path.join(llama.source, 'include'),
    path.join(llama.source, 'ggml', 'include'),
  ];
  return [
    ...[
      '-std=c++17',
      '-O3',
      '-shared',
      '-fPIC',
      '-fvisibility=hidden',
      '-s',
      '-Wall',
      '-Wextra',
      '-Wpedantic',
    ],
    // zig's default is a build for debugging.
    ...['-DNDEBUG', '-fno-sanitize=undefined'],
    ...['-DNAPI_VERSION=8', '-DNODE_ADDON_API_CPP_EXCEPTIONS', '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
    ...['-DBUILDING_NODE_EXTENSION', '-DNOMINMAX', `-DIPRM_LLAMA_VERSION="${llama.version}"`],
    ...include.flatMap(folder => ['-isystem', folder]),
    '-Inative',
  ];
}

function sources(platform) {
  const ours = nativeSources(/\.cpp$/u);
  if (!platform.startsWith('win32-')) {
    return ours;
  }

  const imports = path.join(workshop, 'windows-imports.cpp');
  writeFileSync(imports, windowsImports(nodeApiHeaders));
  return [...ours, imports];
}

/** The others are kept: each may have been built by a command of its own. */
function addToManifest(platform, digest) {
  const file = path.join(prebuilds, 'manifest.json');
  const earlier = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const addon = readFileSync(path.join(prebuilds, platform, 'implicit_prm.node'));
  const manifest = {
    ...earlier,
    [platform]: {
      'llama.cpp': llama.version,
      zig: zigVersion,
      sources: digest,
      sha256: createHash('sha256').update(addon).digest('hex'),
    },
  };
  const beside = path.join(prebuilds, `.manifest-${process.pid}`);
  writeFileSync(beside, `${JSON.stringify(manifest, undefined, 2)}\n`);
  renameSync(beside, file);
}
