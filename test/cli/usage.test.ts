import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {packageRoot, runCli} from './cli-process.js';
import {runCliHere} from './run-in-process.js';

const {version} = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8'));

test('--version prints the version of the package', async t => {
  t.deepEqual(await runCli(['--version']), {code: 0, stdout: `${version}\n`, stderr: ''});
});

test('--help lists the commands', async t => {
  const {code, stdout, stderr} = await runCliHere(['--help']);
  t.is(code, 0);
  t.is(stderr, '');
  for (const word of ['demo', 'score', 'merge', 'info', '--version', '--no-color']) {
    t.true(stdout.includes(word), word);
  }
});

test('the help of score tells every option', async t => {
  const {code, stdout} = await runCliHere(['score', '--help']);
  t.is(code, 0);
  const options =
    'policy reference lora beta split aggregate score-by beta-schedule incomplete allow-special-tokens tokens gpu ' +
    'gpu-layers threads context-size batch-size kv-cache-type flash-attention models-dir bundled output quiet verbose ' +
    'resume overwrite keep-going shard pretty threshold';
  for (const option of options.split(' ')) {
    t.regex(stdout, new RegExp(`^ +--${option}\\b`, 'mu'));
  }
});

const wrongUses: [string, string[], RegExp][] = [
  ['score without a policy', ['score'], /--policy <model>' not specified/u],
  ['an unknown option', ['score', '--bundled', '--polcy', 'x'], /unknown option '--polcy'/u],
  [
    'an option that a terminal would obey',
    ['score', '--\u001B[31m\u202E'],
    /unknown option '--\\u\{1b\}\[31m\\u\{202e\}'\n$/u,
  ],
  [
    'an argument of eval that a terminal would obey',
    ['eval', '\u001B[31m'],
    /unknown command '\\u\{1b\}\[31m'/u,
  ],
  ['an unknown command', ['scor'], /unknown command 'scor'/u],
  ['a number that is none', ['score', '--bundled', '--beta', 'much'], /--beta.*number above 0/u],
  ['a number out of range', ['score', '--bundled', '--threads', '0'], /--threads.*from 1 to 512/u],
  ['an unknown choice', ['score', '--bundled', '--aggregate', 'max'], /--aggregate.*choices are min/u],
  ['an unknown splitter', ['score', '--bundled', '--split', 'tab'], /--split.*blank-line/u],
  ['the bundled pair and a policy', ['score', '--bundled', '--policy', 'x'], /cannot be used with/u],
  [
    'a q8_0 cache without flash attention',
    ['score', '--bundled', '--kv-cache-type', 'q8_0', '--flash-attention', 'off'],
    /needs flash attention/u,
  ],
  ['a threshold of nothing', ['score', '--bundled', '--threshold', '0.4'], /--threshold.* needs '--pretty'/u],
  [
    'a threshold out of range',
    ['score', '--bundled', '--pretty', '--threshold', '2'],
    /--threshold.*from 0 to 1/u,
  ],
  [
    'a pretty file',
    ['score', '--bundled', '--pretty', '--output', 'x'],
    /--pretty.*cannot be used with.*--output/u,
  ],
  ['info without a file', ['info'], /missing required argument/u],
  ['info --check of one file', ['info', '--check', 'x.gguf'], /two or more/u],
];
for (const [what, args, message] of wrongUses) {
  test(`${what} is a wrong use, with exit code 2`, async t => {
    const {code, stdout, stderr} = await runCliHere(args);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.notRegex(stderr, /\n\s+at /u);
  });
}

test('no command at all prints the help to stderr, with exit code 2', async t => {
  const {code, stderr} = await runCli([]);
  t.is(code, 2);
  t.regex(stderr, /Usage: implicit-prm/u);
});

test('IMPLICIT_PRM_DEBUG=1 adds the stack to the line of an error', async t => {
  const plain = await runCli(['info', 'nope.gguf']);
  const debug = await runCli(['info', 'nope.gguf'], {env: {IMPLICIT_PRM_DEBUG: '1'}});
  t.is(plain.stderr.trim().split('\n').length, 1);
  t.true(debug.stderr.startsWith(plain.stderr));
  t.regex(debug.stderr, /\n\s+at /u);
});
