import {constants} from 'node:fs';
import {access, open, stat} from 'node:fs/promises';
import path from 'node:path';
import {generatorTag} from '../../report/page-html.js';
import {fileError} from '../../utils/file-error.js';

/**
 * Makes sure that a report can be written, before hours go into what it is made of. A report may be replaced by another;
 * whatever else a file holds may not.
 *
 * @param file - a path, `-` for stdout
 * @param options - `overwrite`: replace anything; `others`: paths that are read or written too, `-` is none
 * @throws an error that names the file
 */
export async function requireReportPlace(
  file: string,
  {overwrite, others}: {overwrite: boolean; others: readonly (string | undefined)[]},
): Promise<void> {
  if (file === '-') {
    return;
  }

  try {
    await access(path.dirname(path.resolve(file)), constants.W_OK);
    const stats = await stat(file).catch(() => undefined);
    if (stats && !stats.isFile()) {
      throw new Error('it is no file');
    }

    for (const other of others) {
      const taken = other === undefined ? undefined : await stat(other).catch(() => undefined);
      if (stats && taken?.ino === stats.ino && taken.dev === stats.dev) {
        throw new Error(`the results are in it`);
      }
    }

    if (stats && stats.size > 0 && !overwrite && !(await isReport(file))) {
      throw new Error('it is not empty, and no report; --overwrite replaces it');
    }
  } catch (error) {
    throw fileError(`cannot write ${file}`, error);
  }
}

async function isReport(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const {buffer, bytesRead} = await handle.read({buffer: Buffer.alloc(256), position: 0});
    return buffer.subarray(0, bytesRead).includes(generatorTag);
  } finally {
    await handle.close();
  }
}
