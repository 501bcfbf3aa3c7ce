// Whether the package carries an addon for every platform, all of one build and of the llama.cpp release in use. With
// --required a lack is an error (npm publish), without it a warning (npm pack).
import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {targets} from './prebuild/targets.js';
import {pinnedLlama, root} from './prebuild/tools.js';

const lacks = lacking();
if (lacks.length > 0) {
  process.stderr.write(`implicit-prm: ${lacks.join('; ')}. Run: npm run prebuild\n`);
  process.exitCode = process.argv.includes('--required') ? 1 : 0;
}

function lacking() {
  const prebuilds = path.join(root, 'prebuilds');
  const manifest = readJson(path.join(prebuilds, 'manifest.json'));
  const missing = targets
    .map(({platform}) => `${platform}/implicit_prm.node`)
    .filter(name => !existsSync(path.join(prebuilds, name)));
  if (missing.length > 0 || manifest === undefined) {
    return [`the package has no addon prebuilt as ${missing.join(', ') || 'the manifest tells'}`];
  }

  const changed = targets
    .map(({platform}) => `${platform}/implicit_prm.node`)
    .filter(name => sha256(path.join(prebuilds, name)) !== manifest.sha256[name]);
  return [
    changed.length > 0 ? [`${changed.join(', ')} is not what the manifest tells`] : [],
    manifest['llama.cpp'] === pinnedLlama().version
      ? []
      : [`the addons are for llama.cpp ${manifest['llama.cpp']}, the package pins ${pinnedLlama().version}`],
  ].flat();
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
