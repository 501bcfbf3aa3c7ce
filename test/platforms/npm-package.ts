import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, renameSync, rmSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {projectRoot} from '../packed/installed-package.js';

/** The folder of a package of another platform, which npm would refuse to install. It is kept for the next time. */
export function npmPackage(name: string, version: string): string {
  const kept = path.join(projectRoot, '.prebuild', 'packages', `${name.replace('/', '+')}-${version}`);
  if (!existsSync(kept)) {
    const beside = `${kept}.${process.pid}`;
    mkdirSync(beside, {recursive: true});
    execFileSync('npm', ['pack', '--silent', `${name}@${version}`, '--pack-destination', beside]);
    execFileSync('sh', ['-c', 'tar xzf ./*.tgz && rm ./*.tgz'], {cwd: beside});
    rmSync(kept, {recursive: true, force: true});
    renameSync(beside, kept);
  }

  return path.join(kept, 'package');
}
