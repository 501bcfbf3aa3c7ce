// Whether the package carries an addon for every platform, each built of the sources and for the llama.cpp release that are
// in use. With --required a lack is an error (npm publish), without it a warning (npm pack).
import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {targets} from './prebuild/targets.js';
import {pinnedLlama, root, sourcesDigest} from './prebuild/tools.js';

const prebuilds = path.join(root, 'prebuilds');
const manifestFile = path.join(prebuilds, 'manifest.json');
const manifest = existsSync(manifestFile) ? JSON.parse(readFileSync(manifestFile, 'utf8')) : {};
const inUse = {sources: sourcesDigest(), 'llama.cpp': pinnedLlama().version};

const lacks = targets.flatMap(({platform}) => lackOf(platform) ?? []);
if (lacks.length > 0) {
  process.stderr.write(`implicit-prm: prebuilt addons: ${lacks.join('; ')}. Run: npm run prebuild\n`);
  process.exitCode = process.argv.includes('--required') ? 1 : 0;
}

function lackOf(platform) {
  const file = path.join(prebuilds, platform, 'implicit_prm.node');
  const told = manifest[platform];
  if (!existsSync(file) || told === undefined) {
    return `${platform} is missing`;
  }

  if (createHash('sha256').update(readFileSync(file)).digest('hex') !== told.sha256) {
    return `${platform} is not what the manifest tells`;
  }

  if (told.sources !== inUse.sources) {
    return `${platform} was built of other sources`;
  }

  return told['llama.cpp'] === inUse['llama.cpp']
    ? undefined
    : `${platform} is for llama.cpp ${told['llama.cpp']}, and ${inUse['llama.cpp']} is in use`;
}
