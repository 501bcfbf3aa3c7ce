// Puts the addon that was built here among the prebuilt ones that a published package carries.
import {copyFileSync, mkdirSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const target = new URL(`../prebuilds/${process.platform}-${process.arch}/`, import.meta.url);
mkdirSync(target, {recursive: true});
copyFileSync(
  new URL('../build/Release/implicit_prm.node', import.meta.url),
  new URL('implicit_prm.node', target),
);
process.stdout.write(`${fileURLToPath(target)}implicit_prm.node\n`);
