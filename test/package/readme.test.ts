import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {cliArguments, packageRoot} from '../cli/cli-process.js';
import {runScript} from '../helpers/run-script.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

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

const beginnings: Record<string, string> = {
  'evaluation.md': '[ [ 1, 0 ], [ 2, 1 ] ]\n',
  'sessions.md': 'Step 2: 11 - 3 = 8, so 8 - 21 { evaluated: ',
};

for (const name of readdirSync(path.join(packageRoot, 'docs')).filter(file => file.endsWith('.md'))) {
  const page = readFileSync(path.join(packageRoot, 'docs', name), 'utf8');
  for (const example of blocks('ts', page)) {
    test(`the example of docs/${name} runs`, async t => {
      const {code, stdout, stderr} = await runScript(example.replace("'implicit-prm'", "'./lib/index.js'"));
      t.deepEqual({code, stderr}, {code: 0, stderr: ''});
      t.true(stdout.startsWith(beginnings[name] ?? 'to be told above'), stdout);
    });
  }
}

test('the commands of docs/evaluation.md run, here on the first lines of the files', t => {
  if (process.platform === 'win32') {
    t.pass('has no sh');
    return;
  }

  const cwd = temporaryDirectory();
  mkdirSync(path.join(cwd, 'examples', 'arithmetic'), {recursive: true});
  for (const [name, count] of [
    ['best-of-n.jsonl', 2],
    ['processbench.jsonl', 12],
    ['processbench-tune.jsonl', 12],
  ] as const) {
    const file = path.join('examples', 'arithmetic', name);
    const lines = readFileSync(path.join(packageRoot, file), 'utf8').split('\n').slice(0, count);
    writeFileSync(path.join(cwd, file), lines.map(line => `${line}\n`).join(''));
  }

  const page = readFileSync(path.join(packageRoot, 'docs', 'evaluation.md'), 'utf8');
  const quoted = [process.execPath, ...cliArguments].map(word => `'${word}'`).join(' ');
  const script = ['set -e', `implicit-prm() { ${quoted} "$@"; }`, ...blocks('sh', page)].join('\n');
  const output = execFileSync('bash', ['-c', script], {
    cwd,
    encoding: 'utf8',
    env: {...process.env, XDG_CACHE_HOME: path.join(cwd, 'cache')},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.is([...output.matchAll(/^2 problems, 32 responses/gmu)].length, 3);
  t.is([...output.matchAll(/^12 samples/gmu)].length, 2);
});

test('the trace that the README shows is one that the demo prints', t => {
  const demo = execFileSync(process.execPath, [...cliArguments, 'demo', '--no-color'], {encoding: 'utf8'});
  for (const line of blocks('text')[0]!.trim().split('\n')) {
    t.true(demo.includes(line), line);
  }
});
