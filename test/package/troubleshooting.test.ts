import {readFileSync} from 'node:fs';
import test from 'ava';
import {pages} from '../helpers/code-blocks.js';

test('every error code has a section in the guide to errors, and none is made up', t => {
  const source = readFileSync(new URL('../../lib/errors/error-code.ts', import.meta.url), 'utf8');
  const codes = [...source.matchAll(/\| '([A-Z_]+)'/gu)].map(([, code]) => code!);
  const {text} = pages.find(({name}) => name === 'docs/troubleshooting.md')!;
  const sections = [...text.matchAll(/^## ([A-Z_]+)$/gmu)].map(([, code]) => code!);
  t.true(codes.length >= 15);
  t.deepEqual(sections.sort(), codes.sort());
});
