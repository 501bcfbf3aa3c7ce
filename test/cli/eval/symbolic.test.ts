import {writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {runCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

const directory = temporaryDirectory();
const file = path.join(directory, 'roots.jsonl');
writeFileSync(
  file,
  `${JSON.stringify({
    prompt: 'How long is the diagonal?',
    reference: '\\sqrt{12}',
    responses: ['Answer: 3', 'So it is \\boxed{2\\sqrt{3}}.'],
  })}\n`,
);
const pair = ['--bundled', '--gpu', 'off', '--threads', '1', '--cache', path.join(directory, 'cache')];
const evaluation = ['eval', 'best-of-n', file, ...pair, '--json'];
const rightOf = (stdout: string) => JSON.parse(stdout).accuracy.anyOfFirstN.at(-1).value;

test.serial('--symbolic counts as right what the rules alone do not', async t => {
  const byRules = await runCliHere(evaluation);
  t.is(byRules.code, 0, byRules.stderr);
  t.is(rightOf(byRules.stdout), 0);
  const byAlgebra = await runCliHere([...evaluation, '--symbolic']);
  t.is(byAlgebra.code, 0, byAlgebra.stderr);
  t.is(rightOf(byAlgebra.stdout), 1);
  t.is(JSON.parse(byAlgebra.stdout).scored, 0, 'log-probabilities do not depend on it');
});

test.serial(
  'what was judged by rules is not gone on with by algebra, and tables need no library',
  async t => {
    const output = path.join(directory, 'results.jsonl');
    const first = await runCliHere([...evaluation, '--symbolic', '--output', output]);
    t.is(first.code, 0, first.stderr);
    const resumed = await runCliHere([...evaluation, '--output', output, '--resume']);
    t.is(resumed.code, 1);
    t.regex(resumed.stderr, /--symbolic/u);
    const tables = await runCliHere(['eval', 'best-of-n', '--from-results', output, '--json']);
    t.is(rightOf(tables.stdout), 1, tables.stderr);
  },
);

test.serial('a library that is not installed is asked for before a model is opened', async t => {
  const resolve = `export const resolve = async (name, context, next) => {
    if (name === '@cortex-js/compute-engine') throw new Error('not there');
    return next(name, context);
  };`;
  const hide = path.join(directory, 'hide.mjs');
  writeFileSync(
    hide,
    `import {register} from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(resolve)}`)});`,
  );
  for (const command of [
    ['eval', 'best-of-n', file, '--policy', 'nope.gguf'],
    ['sample', file, '--model', 'nope.gguf'],
  ]) {
    const {code, stdout, stderr} = await runCli([...command, '--symbolic'], {
      env: {NODE_OPTIONS: `--import=${hide}`},
    });
    t.is(code, 1);
    t.is(stdout, '');
    t.regex(stderr, /^implicit-prm: .*npm install @cortex-js\/compute-engine\n$/u);
  }
});
