import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

const script = fileURLToPath(new URL('../../scripts/remove-stale.js', import.meta.url));

test('of a build what no module is left of is removed, and what is left stays', t => {
  const root = temporaryDirectory();
  const write = (name: string) => {
    mkdirSync(path.dirname(path.join(root, name)), {recursive: true});
    writeFileSync(path.join(root, name), '');
  };
  const sources = ['lib/index.ts', 'lib/report/data/build.ts', 'lib/report/page/main.ts'];
  const built = [
    ...['dist/index.d.ts', 'dist/index.js', 'dist/report/data/build.d.ts', 'dist/report/data/build.js'],
    ...['dist/report/page.css', 'dist/report/page.js'],
  ];
  const stale = [
    ...['dist/gone.d.ts', 'dist/gone.js', 'dist/index.js.map', 'dist/old/deep/module.js'],
    // Pages are bundled, and their modules once were not.
    'dist/report/page/main.js',
  ];
  [...sources, ...built, ...stale].forEach(write);
  execFileSync(process.execPath, [script, root], {stdio: 'pipe'});
  const left = readdirSync(root, {recursive: true, encoding: 'utf8'}).filter(name =>
    statSync(path.join(root, name)).isFile(),
  );
  t.deepEqual(left.sort(), [...sources, ...built].map(name => path.normalize(name)).sort());
  t.deepEqual(readdirSync(path.join(root, 'dist')).sort(), ['index.d.ts', 'index.js', 'report']);
});
