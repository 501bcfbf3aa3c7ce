// A part of npm's prepare script, which runs in a clone (`npm ci`, `npm install`, `npm pack`) and not where the package is
// installed: builds the addon. It can do without one that is built where there is a prebuilt one.
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const prebuilt = path.join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'implicit_prm.node');

const {status} = spawnSync(process.execPath, [path.join(root, 'scripts', 'build-native.js')], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (status !== 0 && existsSync(prebuilt)) {
  process.stderr.write(`implicit-prm: going on with ${prebuilt}\n`);
}

process.exitCode = status === 0 || existsSync(prebuilt) ? 0 : 1;
