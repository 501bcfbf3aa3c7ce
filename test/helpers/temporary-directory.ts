import {mkdtempSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** A new folder that is removed when the process exits. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'implicit-prm-'));
  process.on('exit', () => rmSync(directory, {recursive: true, force: true}));
  return directory;
}
