import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmdirSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';

/**
 * Runs work on a file system that is soon full. Passes without it where none can be mounted, which takes root.
 *
 * @param kilobytes - how much fits, beside a file `ballast` of 16 KiB to make room with
 */
export async function withSmallDisk(
  t: ExecutionContext,
  name: string,
  kilobytes: number,
  work: (disk: string) => Promise<void>,
): Promise<void> {
  const disk = mkdtempSync(path.join(tmpdir(), `iprm-disk-${name}-`));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes + 16}k`, 'tmpfs', disk], {stdio: 'ignore'});
  } catch {
    rmdirSync(disk);
    t.log('no small file system could be mounted: not tested here');
    t.pass();
    return;
  }

  try {
    writeFileSync(path.join(disk, 'ballast'), Buffer.alloc(16 * 1024));
    await work(disk);
  } finally {
    execFileSync('umount', [disk]);
    rmdirSync(disk);
  }
}
