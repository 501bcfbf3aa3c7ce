// Bundles the scripts and the style of the reports' pages into dist/report/.
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));

const {outputFiles, metafile} = await build({
  absWorkingDir: root,
  entryPoints: {
    page: 'lib/report/page/main.ts',
    training: 'lib/report/page/training/main.ts',
    search: 'lib/report/page/search/main.ts',
    style: 'lib/report/page/page.css',
  },
  outdir: 'dist/report',
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  tsconfig: 'lib/report/page/tsconfig.json',
  metafile: true,
  write: false,
});

const [page, training, search, style] = ['page.js', 'training.js', 'search.js', 'style.css'].map(
  name => outputFiles.find(({path: file}) => path.basename(file) === name).text,
);
// Either would let the script's element end early, or not at all.
if (/<\/script|<!--/iu.test(page + training + search) || /<\/style/iu.test(style)) {
  throw new Error('The bundle holds markup that would break out of its element.');
}

for (const [name, script] of Object.entries({page, training, search})) {
  writeFileSync(path.join(root, `dist/report/${name}.js`), `/*\n${licences()}\n*/\n${script}`);
}

writeFileSync(path.join(root, 'dist/report/page.css'), style);

/** The licences of all that is in the bundle, each text once. */
function licences() {
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap(file => /node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(file)?.[1] ?? []),
  );
  const holders = new Map();
  for (const name of [...packages].sort()) {
    const text = licenceOf(path.join(root, 'node_modules', name))
      .replaceAll('*/', '* /')
      .trim();
    holders.set(text, [...(holders.get(text) ?? []), name]);
  }

  return [...holders].map(([text, names]) => `${names.join(', ')}:\n\n${text}`).join('\n\n');
}

function licenceOf(folder) {
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license']) {
    try {
      return readFileSync(path.join(folder, name), 'utf8');
    } catch {}
  }

  const {license} = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return `Licence: ${license}`;
}
