import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {bundledPair, describeModels} from '../../../lib/index.js';
import {readData} from '../../helpers/golden.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {ended, startCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

interface Problem {
  prompt: string;
  responses: {text: string; correct: boolean}[];
}

const directory = temporaryDirectory();
const {reference: base} = bundledPair();
const labelled = path.join(directory, 'labelled.jsonl');
const solutions = path.join(directory, 'steps.jsonl');
writeFileSync(
  labelled,
  readData<Problem>('best-of-n.jsonl')
    .slice(0, 8)
    .map(({prompt, responses}) => `${JSON.stringify({prompt, responses: responses.slice(0, 3)})}\n`)
    .join(''),
);
writeFileSync(
  solutions,
  readData<{prompt: string; steps: string[]; label: number}>('traces.jsonl')
    .slice(0, 6)
    .map(({prompt, steps, label}) => `${JSON.stringify({problem: prompt, steps, label})}\n`)
    .join(''),
);

const place = (name: string) => path.join(directory, name);
const training = (output: string, ...more: string[]) => [
  ...['train', '--base', base, '-o', output, '--beta', '1', '--threads', '1', '--batch-size', '8'],
  ...['--validation', '0.25', '--learning-rate', '3e-3', '--early-stopping', '0', ...more, labelled],
];

test('train stops in good order, goes on with --resume, and tells what came of it', async t => {
  t.timeout(600_000);
  const output = place('adapter.gguf');
  const report = place('run.html');
  const merged = place('merged.gguf');
  const recipe = ['--epochs', '3', '--steps', solutions];
  const child = startCli(training(output, ...recipe));
  child.stderr.on('data', (text: string) => {
    if (/step [1-9]\d* of/u.test(text)) {
      child.kill('SIGINT');
    }
  });
  const stopped = await ended(child);
  t.is(stopped.code, 130, stopped.stderr);
  t.regex(stopped.stderr, /\d+ responses to 6 prompts to learn from, \d+ % right; \d+ to 2 held out/u);
  t.regex(
    stopped.stderr,
    /stopped behind step \d+, saved in .*adapter\.gguf\.run; the same command with --resume/u,
  );
  t.false(existsSync(output));

  const refused = await runCliHere(training(output, ...recipe));
  t.is(refused.code, 1);
  t.regex(refused.stderr, /there is a training in it; resume goes on with it, overwrite replaces it/u);

  const {code, stdout, stderr} = await runCliHere(
    training(output, ...recipe, '--resume', '--json', '--report', report, '--merged', merged),
  );
  t.is(code, 0, stderr);
  t.regex(stderr, /going on behind step \d+/u);
  const result = JSON.parse(stdout);
  t.is(result.steps, 6);
  t.is(result.evaluation.solutions, 6);
  t.true(result.evaluation.comparisons.some(({measure}: {measure: string}) => measure === 'stepAuc'));
  t.true(existsSync(output));
  t.true(readFileSync(report, 'utf8').includes('content="implicit-prm report"'));
  const {models, differences} = await describeModels([base, merged]);
  t.is(models[1]!.beta, 1);
  t.deepEqual(differences, [null, null]);

  const again = await runCliHere(training(output, ...recipe, '--resume', '--quiet'));
  t.is(again.code, 0, again.stderr);
  t.is(again.stderr, '');
  t.regex(again.stdout, /ce, β = 1, the adapter of step \d of 6/u);
  t.regex(again.stdout, /control: base/u);
  t.regex(again.stdout, /implicit-prm score --policy .* --lora .*adapter\.gguf/u);

  const other = await runCliHere(training(output, '--epochs', '3', '--rank', '4', '--resume'));
  t.is(other.code, 1);
  t.regex(other.stderr, /cannot go on with .*: --rank was 16 and is 4/u);
});

test('merge-lora refuses what it would have to overwrite', async t => {
  const {code, stderr} = await runCliHere(['merge-lora', '--base', base, '--lora', labelled, '-o', labelled]);
  t.is(code, 1);
  t.regex(stderr, /labelled\.jsonl: it is read too/u);
});

test('wrong use of train is told before anything is read', async t => {
  const refused = async (args: string[], message: RegExp, exitCode = 2) => {
    const {code, stderr} = await runCliHere(['train', ...args]);
    t.is(code, exitCode);
    t.regex(stderr, message);
  };
  await refused([labelled], /required option '--base <file>'/u);
  await refused(['--base', base, '-o', 'x.gguf'], /missing required argument 'files'/u);
  await refused(['--base', base, '-o', 'x.gguf', '--layers', 'first:2', labelled], /It is all, or last:N/u);
  await refused(
    ['--base', base, '-o', 'x.gguf', '--objective', 'ppo', labelled],
    /Allowed choices are ce, dpo/u,
  );
  const output = place('none.gguf');
  await refused(['--base', base, '-o', output, place('missing.jsonl')], /cannot read .*missing\.jsonl/u, 1);
});
