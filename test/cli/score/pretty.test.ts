import {existsSync} from 'node:fs';
import process from 'node:process';
import {stripVTControlCharacters} from 'node:util';
import test from 'ava';
import stringWidth from 'string-width';
import {arithmeticPair} from '../../helpers/pairs.js';
import {cliArguments, ended, runCli, start} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

const {policy, reference} = arithmeticPair();
const pair = ['--policy', policy, '--reference', reference, '--gpu', 'off', '--threads', '1'];
const pretty = ['score', ...pair, '--pretty'];
const prompt = 'Compute 11 - 3 - (7 * 3)';
const right = 'Step 1: 7 * 3 = 21, so 11 - 3 - 21\n\nAnswer: -13';
const wrong = 'Step 1: 7 * 3 = 11, so 11 - 3 - 11\n\nAnswer: -3';
const jsonLines = (...values: unknown[]) => values.map(value => `${JSON.stringify(value)}\n`).join('');

/** Numbers differ a little from CPU to CPU. */
const withoutNumbers = (text: string) =>
  text
    .replaceAll(/[-+]\d+\.\d\d/gu, number => '0'.padStart(number.length))
    .replaceAll(/ \d\.\d{3}/gu, ' 0.000')
    .replaceAll(/[ █▌▐]{5}│[ █▌▐]{5}/gu, '[   bar   ]');

test('score --pretty shows all responses of a line, in their order', async t => {
  const input = jsonLines({id: 'first', prompt, response: wrong}, {prompt, responses: [wrong, right]});
  const {code, stdout, stderr} = await runCli([...pretty, '--threshold', '0.02'], {input});
  t.deepEqual({code, stderr}, {code: 0, stderr: ''});
  const header = '                  reward       Q     p';
  const wrongRows = [
    header,
    '>  1 [   bar   ]       0       0 0.000  Step 1: 7 * 3 = 11, so 11 - 3 - 11',
    '   2 [   bar   ]       0       0 0.000  Answer: -3',
    '     Score     0; p falls under 0.02 at step 1.',
  ];
  const rightRows = [
    header,
    '   1 [   bar   ]       0       0 0.000  Step 1: 7 * 3 = 21, so 11 - 3 - 21',
    '   2 [   bar   ]       0       0 0.000  Answer: -13',
    '     Score     0; p stays at 0.02 or above.',
  ];
  t.is(
    withoutNumbers(stdout),
    [
      '  reward  what a step adds to Q: β = 1 times the log-ratio of its tokens',
      '  Q       the rewards so far',
      '  p       σ(Q), how likely the answer is right',
      '  >       the first step with p under 0.02',
      '',
      'first',
      prompt,
      ...wrongRows,
      '',
      prompt,
      '',
      'Response 1 of 2',
      ...wrongRows,
      '',
      'Response 2 of 2',
      ...rightRows,
      '',
    ].join('\n'),
  );
});

test('score --pretty --keep-going tells of a line that cannot be scored and goes on', async t => {
  const input = jsonLines({prompt}, {prompt, response: wrong});
  const {code, stdout, stderr} = await runCliHere([...pretty, '--keep-going', '--beta', '0.05'], {input});
  t.is(code, 3);
  t.regex(stderr, /<stdin>:1: .*; skipped/u);
  t.is(stdout.split('\n').filter(row => row === prompt).length, 1);
  t.false(stdout.includes('{'));
  t.regex(stdout, /β = 0\.05/u);
  t.regex(stdout, / -0\.\d{3} /u);
});

(existsSync('/usr/bin/script') && process.platform === 'linux' ? test : test.skip)(
  'a terminal gets colours, no wider than it is',
  async t => {
    const command = [process.execPath, ...cliArguments, 'demo'].map(word => `'${word}'`).join(' ');
    const child = start('script', ['-qec', `stty cols 40; ${command}`, '/dev/null'], {
      TERM: 'xterm-256color',
      COLORTERM: '',
    });
    child.stdin.end();
    const {code, stdout} = await ended(child);
    t.is(code, 0);
    t.true(stdout.includes('\u001B[48;5;208m'));
    const widths = stdout.split(/\r?\n/u).map(row => stringWidth(stripVTControlCharacters(row)));
    t.is(Math.max(...widths), 40);
  },
);
