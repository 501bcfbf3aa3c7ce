// Removes from dist/ what no longer comes of any module in lib/, or it would be packed: the compiler leaves it there. What is
// still built stays in its place, for processes that run with it.
//
//   node scripts/remove-stale.js [FOLDER OF THE PACKAGE]
import {existsSync, readdirSync, rmdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const root = process.argv[2] ?? fileURLToPath(new URL('../', import.meta.url));
const source = path.join(root, 'lib');
const target = path.join(root, 'dist');
/** What scripts/build-page.js makes of all of lib/report/page/, which is compiled into nothing else. */
const page = path.join('report', 'page');
const bundles = new Set(
  ['page.js', 'training.js', 'search.js', 'page.css'].map(name => path.join('report', name)),
);

removeStale('');

/** Whether anything is left in the folder. */
function removeStale(folder) {
  let isEmpty = true;
  for (const entry of readdirSync(path.join(target, folder), {withFileTypes: true})) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory() ? removeStale(name) : isBuilt(name)) {
      isEmpty = false;
    } else if (!entry.isDirectory()) {
      rmSync(path.join(target, name));
    }
  }

  if (isEmpty && folder !== '') {
    rmdirSync(path.join(target, folder));
  }

  return !isEmpty;
}

function isBuilt(name) {
  const module = name.replace(/(?:\.d\.ts|\.js)$/u, '');
  const isOfPage = module.startsWith(page + path.sep);
  return bundles.has(name) || (module !== name && !isOfPage && existsSync(path.join(source, `${module}.ts`)));
}
