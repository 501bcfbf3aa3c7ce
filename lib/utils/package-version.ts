import {readFileSync} from 'node:fs';
import path from 'node:path';
import {packageRoot} from './package-root.js';

/** The version of this package. */
export function packageVersion(): string {
  const {version} = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8'));
  return String(version);
}
