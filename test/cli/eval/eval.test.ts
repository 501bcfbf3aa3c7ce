import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {evaluate, tokensOf} from '../../../scripts/arithmetic/expression.js';
import {labelSteps} from '../../../scripts/arithmetic/label-steps.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {ended, packageRoot, runCli, startCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

const directory = temporaryDirectory();
const cache = path.join(directory, 'cache');
const pair = ['--bundled', '--gpu', 'off', '--threads', '1'];
const example = (name: string) => path.join(packageRoot, 'examples', 'arithmetic', name);
const firstLines = (name: string, count: number) =>
  readFileSync(example(name), 'utf8').split('\n').slice(0, count);

function written(name: string, ...lines: readonly string[]): string {
  const file = path.join(directory, name);
  writeFileSync(file, lines.map(line => `${line}\n`).join(''));
  return file;
}

const problems = written('problems.jsonl', ...firstLines('best-of-n.jsonl', 3));
const samples = written('samples.jsonl', ...firstLines('processbench.jsonl', 12));
const bestOfN = ['eval', 'best-of-n', problems, ...pair, '--cache', cache];
const processBench = ['eval', 'processbench', samples, ...pair, '--cache', cache];
const json = async (args: readonly string[]) => {
  const {code, stdout, stderr} = await runCliHere([...args, '--json']);
  if (code !== 0) {
    throw new Error(stderr);
  }

  return JSON.parse(stdout);
};

test.serial('best-of-n prints a table that fits 100 columns, and again without running a model', async t => {
  const {code, stdout, stderr} = await runCli(bestOfN);
  t.is(stderr, '');
  t.is(code, 0);
  t.regex(stdout, /^3 problems, 48 responses.*, β = 1\n/u);
  t.regex(stdout, /^ +N = 1 +N = 2 +N = 4 +N = 8 +N = 16$/mu);
  for (const label of [
    'min reward',
    'min Q',
    'sum w/o ref',
    'majority',
    'σ(sum)',
    'pass@N',
    'min − majority',
  ]) {
    t.regex(stdout, new RegExp(`^  ${label.replace(/[()]/gu, String.raw`\$&`)} +−?[\\d.]+ −?\\d+–`, 'mu'));
  }

  t.true(stdout.split('\n').every(line => line.length <= 100));
  const again = await json(bestOfN);
  t.is(again.scored, 0);
  t.deepEqual(again.counts, [1, 2, 4, 8, 16]);
  t.is(again.calibration.bins.length, 10);
});

test.serial(
  'another β, schedule, split and seed run no model either, and change what they should',
  async t => {
    const before = await json(bestOfN);
    const after = await json([
      ...bestOfN,
      ...[
        '--beta',
        '0.01',
        '--beta-schedule',
        'reciprocal',
        '--split',
        'line',
        '--seed',
        '5',
        '--resamples',
        '99',
      ],
    ]);
    t.is(after.scored, 0);
    t.is(after.beta, 0.01);
    t.notDeepEqual(after.calibration, before.calibration);
  },
);

test.serial('answers and correctness are found where they are not given', async t => {
  const stripped = firstLines('best-of-n.jsonl', 3).map(line => {
    const {prompt, reference, responses} = JSON.parse(line);
    return JSON.stringify({
      prompt,
      reference,
      responses: responses.map(({text}: {text: string}) => ({text})),
    });
  });
  const file = written('stripped.jsonl', ...stripped);
  const [{file: _a, ...wanted}, {file: _b, ...got}] = [
    await json(bestOfN),
    await json(bestOfN.with(2, file)),
  ];
  t.deepEqual(got, wanted);
});

test.serial('processbench: a threshold given, chosen here or chosen elsewhere', async t => {
  const auto = await runCliHere(processBench);
  t.is(auto.code, 0, auto.stderr);
  t.regex(auto.stdout, /CHOSEN ON THESE SAMPLES: the figures are optimistic/u);
  t.regex(auto.stdout, /^ {2}F1 +\d/mu);
  t.true(auto.stdout.split('\n').every(line => line.length <= 100));
  const given = await json([...processBench, '--threshold', '0.4', '--by', 'reward']);
  t.is(given.threshold, 0.4);
  t.is(given.thresholdFrom, null);
  t.is(given.by, 'reward');
  t.is(given.scored, 0);
  const others = written('others.jsonl', ...firstLines('processbench-tune.jsonl', 12));
  const elsewhere = await json([...processBench, '--threshold-from', others]);
  t.is(elsewhere.thresholdFrom, others);
  t.is(elsewhere.scored, 12);
  t.is(elsewhere.erroneous + elsewhere.correct, 12);
  const own = await json(processBench.with(2, others));
  t.is(own.threshold, elsewhere.threshold);
  t.is(own.f1.value, elsewhere.f1There);
});

test.serial('a JSON array, as on the hub, is read like lines', async t => {
  const file = written(
    'samples.json',
    JSON.stringify(
      firstLines('processbench.jsonl', 12).map(line => JSON.parse(line)),
      null,
      2,
    ),
  );
  const [{file: _a, thresholdFrom: _c, ...wanted}, {file: _b, thresholdFrom: _d, ...got}] = [
    await json(processBench),
    await json(processBench.with(2, file)),
  ];
  t.deepEqual(got, wanted);
});

test.serial('--label-steps begins each step with its number', async t => {
  const lines = firstLines('processbench.jsonl', 12).map(line => {
    const sample = JSON.parse(line);
    const steps = sample.steps.map((step: string) => step.replace(/^Step \d+: /u, ''));
    return {...sample, steps};
  });
  // Only steps that had such a label, so that the texts become the same.
  const cut = lines.map(sample => ({...sample, steps: sample.steps.slice(0, -1), label: -1}));
  const whole = firstLines('processbench.jsonl', 12).map(line => {
    const sample = JSON.parse(line);
    return {...sample, steps: sample.steps.slice(0, -1), label: -1};
  });
  const toLines = (values: readonly unknown[]) => values.map(value => JSON.stringify(value));
  const wanted = await json([
    ...processBench.with(2, written('whole.jsonl', ...toLines(whole))),
    '--threshold',
    '0.5',
  ]);
  const got = await json([
    ...processBench.with(2, written('cut.jsonl', ...toLines(cut))),
    ...['--threshold', '0.5', '--label-steps'],
  ]);
  t.is(got.scored, 0);
  t.deepEqual(got.accuracyCorrect, wanted.accuracyCorrect);
});

test('what is wrong is said with its place, before any model is loaded', async t => {
  const [line] = firstLines('best-of-n.jsonl', 1) as [string];
  const [sample] = firstLines('processbench.jsonl', 1) as [string];
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['best-of-n', written('a.jsonl', line, '', '{'), /a\.jsonl:3: The line is no valid JSON/u],
    [
      'best-of-n',
      written('b.jsonl', line, '{"prompt":"x","responses":[{"text":"y"}]}'),
      /b\.jsonl:2: .*"reference"/u,
    ],
    ['best-of-n', written('c.jsonl', '{"prompt":"x","responses":[]}'), /c\.jsonl:1: responses in the line/u],
    ['best-of-n', written('d.jsonl', ''), /d\.jsonl has no problem in it/u],
    ['best-of-n', path.join(directory, 'none.jsonl'), /cannot read .*none\.jsonl: no such file/u],
    [
      'processbench',
      written('e.jsonl', sample, sample.replace(/"label":-?\d/u, '"label":99')),
      /e\.jsonl:2: label/u,
    ],
    [
      'processbench',
      written('f.json', `[${sample}, {"steps":[]}]`),
      /f\.json, sample 2: the sample has no "problem"/u,
    ],
    ['processbench', written('g.json', `[${sample}`), /g\.json, sample 2: The file is no valid JSON/u],
    ['processbench', written('h.json', '[]'), /h\.json has no sample in it/u],
    [
      'processbench',
      written('i.jsonl', sample.replace(/"steps":\["[^"]*"/u, '"steps":[" "')),
      /i\.jsonl:1: A step/u,
    ],
  ];
  for (const [command, file, message] of cases) {
    const {code, stdout, stderr} = await runCliHere(['eval', command, file, '--policy', 'nope.gguf']);
    t.is(code, 1);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.is(stderr.trim().split('\n').length, 1);
  }
});

test('wrong use ends with code 2', async t => {
  for (const args of [
    ['eval'],
    ['eval', 'best-of-n', problems],
    ['eval', 'nonsense'],
    [...processBench, '--threshold', '1.5'],
    [...processBench, '--threshold', '0.5', '--threshold-from', samples],
    [...bestOfN, '--resamples', 'many'],
  ]) {
    const {code, stdout} = await runCliHere(args);
    t.is(code, 2, args.join(' '));
    t.is(stdout, '');
  }

  t.is((await runCliHere(['eval', 'best-of-n', '--help'])).code, 0);
});

test.serial(
  'the cache is in XDG_CACHE_HOME unless it is said otherwise, and nowhere with --no-cache',
  async t => {
    const home = path.join(directory, 'xdg');
    const small = written('small.jsonl', ...firstLines('processbench.jsonl', 2));
    const args = ['eval', 'processbench', small, ...pair, '--threshold', '0.5'];
    const env = {XDG_CACHE_HOME: home};
    const without = await runCliHere([...args, '--no-cache'], {env});
    t.is(without.code, 0, without.stderr);
    t.false(existsSync(home));
    const withCache = await runCliHere(args, {env});
    t.is(withCache.stdout, without.stdout);
    t.is(readdirSync(path.join(home, 'implicit-prm')).filter(name => name.endsWith('.jsonl')).length, 1);
  },
);

for (const [signal, wantedCode] of [
  ['SIGINT', 130],
  ['SIGKILL', null],
] as const) {
  test.serial(`${signal} in the middle keeps what is done, and the next run goes on there`, async t => {
    const folder = path.join(directory, signal);
    mkdirSync(folder);
    const file = written(`${signal}.jsonl`, ...firstLines('processbench.jsonl', 60));
    const args = ['eval', 'processbench', file, ...pair, '--threshold', '0.5', '--cache', folder];
    const child = startCli(args);
    const result = ended(child);
    while (entries(folder) < 8 && child.exitCode === null) {
      await new Promise(resolve => setTimeout(resolve, 20));
    }

    child.kill(signal);
    const {code, stdout, stderr} = await result;
    t.is(code, wantedCode);
    t.is(stdout + stderr, '');
    // β is an entry as well.
    const kept = entries(folder) - 1;
    t.true(kept > 0 && kept < 60, String(kept));
    const {scored, erroneous, correct} = await json(args);
    t.is(scored, 60 - kept);
    t.is(erroneous + correct, 60);
  });
}

/** The whole lines in the cache. */
function entries(folder: string): number {
  const file = readdirSync(folder).find(name => name.endsWith('.jsonl'));
  return file === undefined ? 0 : readFileSync(path.join(folder, file), 'utf8').split('\n').length - 1;
}

test('the labels of the traces and answers that ship are right', t => {
  for (const name of ['processbench-tune.jsonl', 'processbench.jsonl']) {
    for (const line of firstLines(name, 300)) {
      const {problem, steps, label} = JSON.parse(line);
      t.is(label, labelSteps(problem, steps).firstWrong, line);
    }
  }

  for (const line of firstLines('best-of-n.jsonl', 64)) {
    const {prompt, reference, responses} = JSON.parse(line);
    t.is(String(evaluate(tokensOf(prompt.replace('Compute ', ''))!)), reference, line);
    for (const {text, correct} of responses) {
      t.is(correct, text.endsWith(`Answer: ${reference}`), text);
    }
  }
});
