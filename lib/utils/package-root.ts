import {existsSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

/** The folder of this package. Sources in lib/ and their build in dist/ lie equally deep in it. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Tells where a bundler has put this file into one of its own, and left behind what lies beside it. */
export function adviceInBundle(): string | undefined {
  return existsSync(path.join(packageRoot, 'scripts', 'build-native.js'))
    ? undefined
    : 'If implicit-prm was bundled, keep it out of the bundle: mark it as external';
}
