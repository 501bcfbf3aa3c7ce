import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {packageRoot} from '../cli/cli-process.js';
import {pages} from '../helpers/code-blocks.js';

const {text} = pages.find(({name}) => name === 'docs/troubleshooting.md')!;

/** Said by others: the loader of the system, zod and llama.cpp. */
const foreign =
  /shared object file|^unknown model architecture$|data is not within the file bounds$|^Unrecognized key$/u;

test('every error code has a section in the guide to errors, and none is made up', t => {
  const source = readFileSync(path.join(packageRoot, 'lib', 'errors', 'error-code.ts'), 'utf8');
  const codes = [...source.matchAll(/\| '([A-Z_]+)'/gu)].map(([, code]) => code!);
  const sections = [...text.matchAll(/^## ([A-Z_]+)$/gmu)].map(([, code]) => code!);
  t.true(codes.length >= 15);
  t.deepEqual(sections.sort(), codes.sort());
});

test('the messages that the guide to errors quotes are those of the sources', t => {
  const sources = ['lib', 'native'].map(readSources).join('\n');
  const quotes = [...text.matchAll(/(?<![*\w])\*([^*\n]+)\*(?!\*)/gu)].map(([, quote]) => quote!);
  t.true(quotes.length > 15);
  for (const quote of quotes.filter(one => !foreign.test(one))) {
    for (const part of quote.split('…').map(piece => piece.trim())) {
      t.true(sources.includes(part), part);
    }
  }
});

/** All sources below a folder, the halves of divided strings joined. */
function readSources(folder: string): string {
  const names = readdirSync(path.join(packageRoot, folder), {recursive: true, encoding: 'utf8'});
  return names
    .filter(name => /\.(?:ts|cpp)$/u.test(name))
    .map(name => readFileSync(path.join(packageRoot, folder, name), 'utf8'))
    .join('\n')
    .replaceAll(/(["'`])\s*\+?\s*\n\s*\1/gu, '')
    .replaceAll("\\'", "'");
}
