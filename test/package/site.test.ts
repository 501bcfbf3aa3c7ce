import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {packageRoot} from '../cli/cli-process.js';
import {brokenLinks} from '../helpers/broken-links.js';
import {pages} from '../helpers/code-blocks.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

test('the site of the guides and the API builds without a warning, and no link in it is broken', t => {
  const site = path.join(temporaryDirectory(), 'site');
  const typedoc = path.join(packageRoot, 'node_modules', 'typedoc', 'bin', 'typedoc');
  // Warnings are errors there, an export without documentation among them.
  const {status, stderr} = spawnSync(process.execPath, [typedoc, '--out', site], {
    cwd: packageRoot,
    encoding: 'utf8',
  });
  t.is(status, 0, stderr);
  t.deepEqual(brokenLinks(site), []);
  t.true(existsSync(path.join(site, 'media', 'how-it-works.svg')));
});

test('the links between README and guides lead to files and headings on GitHub', t => {
  const headings = new Map(pages.map(({name, text}) => [name, headingsIn(text)]));
  for (const {name, text} of pages) {
    for (const [, link] of text.matchAll(/\]\((?!\w+:)([^)\s]+)\)/gu)) {
      const [address, heading] = link!.split('#');
      const file = address ? path.posix.join(path.posix.dirname(name), address) : name;
      t.true(existsSync(path.join(packageRoot, file)), `${name}: ${link}`);
      t.true(heading === undefined || headings.get(file)!.includes(heading), `${name}: ${link}`);
    }
  }
});

test('every guide is listed in the index of guides', t => {
  const index = pages.find(({name}) => name === 'docs/README.md')!.text;
  for (const {name} of pages) {
    t.true(!/^docs\/(?!README)/u.test(name) || index.includes(`(${path.basename(name)})`), name);
  }
});

/** The names that GitHub gives to headings. */
function headingsIn(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gmu)].map(([, heading]) => heading!);
  return headings.map(heading =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
