import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {runScript} from '../helpers/run-script.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The code blocks of a page in one language. */
function blocks(language: string, page = readme): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gmsu'))].map(match => match[1]!);
}

test('the example of the README runs as printed, and prints what it says', async t => {
  const [example] = blocks('ts');
  t.true(example!.trim().split('\n').length <= 10);
  const {code, stdout, stderr} = await runScript(example!.replace("'implicit-prm'", "'./lib/index.js'"));
  t.is(stderr, '');
  t.is(code, 0);
  // Differences in the last digit are a matter of the CPU.
  const withoutLastDigit = (text: string) => text.replaceAll(/(\d\.\d)\d/gu, '$1');
  t.is(withoutLastDigit(stdout), withoutLastDigit(blocks('text').at(-1)!));
});

test('the example of the page on sessions runs', async t => {
  const page = readFileSync(new URL('../../docs/sessions.md', import.meta.url), 'utf8');
  const [example] = blocks('ts', page);
  const {code, stdout, stderr} = await runScript(example!.replace("'implicit-prm'", "'./lib/index.js'"));
  t.deepEqual({code, stderr}, {code: 0, stderr: ''});
  t.true(stdout.startsWith('Step 2: 11 - 3 = 8, so 8 - 21 { evaluated: '));
});

test('the trace that the README shows is one that the demo prints', t => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const demo = execFileSync(process.execPath, ['--import=tsx', 'lib/cli/main.ts', 'demo', '--no-color'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const line of blocks('text')[0]!.trim().split('\n')) {
    t.true(demo.includes(line), line);
  }
});
