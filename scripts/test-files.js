import {readdirSync} from 'node:fs';
import path from 'node:path';

/**
 * The files of tests in a folder and those below it.
 *
 * @param {string} root - the folder of the project
 * @param {string} folder - relative to it, with slashes, as the files are
 */
export function testFilesIn(root, folder) {
  return readdirSync(path.join(root, folder), {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.test.ts'))
    .map(file => path.posix.join(folder, ...file.split(path.sep)));
}
