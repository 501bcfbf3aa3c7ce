import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {scoreSteps} from '../../lib/index.js';
import {expectedTraceResults, type Trace} from '../helpers/golden.js';
import {withPair} from '../helpers/pairs.js';
import {ended, packageRoot, parseLines, runCli, start} from './cli-process.js';

interface DemoResult extends Trace {
  steps: never;
  reward: number;
  score: number;
  weakest: number;
}

const traces = parseLines<Trace>(
  readFileSync(path.join(packageRoot, 'examples/arithmetic/traces.jsonl'), 'utf8'),
);
const expected = withPair({}, async pair => {
  const results = [];
  for (const {prompt, response} of traces) {
    results.push(await scoreSteps(pair, {prompt, response}));
  }

  return results;
});

const demo = runCli(['demo']);

/** A row of a step: whether it is marked, its number, reward, Q value, probability and text. */
const row = /^(>| ) +(\d+) +([-+]?[\d.]+) +([-+]?[\d.]+) +([\d.]+) {2}(.*)$/u;

test('the demo has right traces, wrong ones and one that the model misses', async t => {
  const results = await expected;
  const wrong = traces.filter(({label}) => label >= 0);
  t.is(wrong.length, 4);
  t.is(traces.length, 6);
  const missed = traces.filter(({label}, index) => {
    const rewards = results[index]!.steps.map(({reward}) => reward);
    return label >= 0 && rewards.indexOf(Math.min(...rewards)) !== label;
  });
  t.is(missed.length, 1);
});

test('the demo prints every step with the numbers of scoreSteps and marks the weakest', async t => {
  const {code, stdout, stderr} = await demo;
  t.is(code, 0);
  t.is(stderr, '');
  const rows = stdout.split('\n').flatMap(line => [...line.matchAll(new RegExp(row, 'gu'))]);
  const steps = (await expected).flatMap(({steps}) => steps);
  t.is(rows.length, steps.length);
  for (const [index, [, , , reward, q, probability, text]] of rows.entries()) {
    const step = steps[index]!;
    t.true(Math.abs(Number(reward) - step.reward) < 0.02, `${reward} ${step.reward}`);
    t.true(Math.abs(Number(q) - step.q) < 0.02, `${q} ${step.q}`);
    t.true(Math.abs(Number(probability) - step.probability) < 0.005, `${probability} ${step.probability}`);
    t.is(text, step.text);
  }

  t.is(rows.filter(([, mark]) => mark === '>').length, traces.length);
});

test('the demo says of each trace whether the marked step is the true first error', async t => {
  const {stdout} = await demo;
  t.is(stdout.match(/is the true first error: found\./gu)?.length, 3);
  t.is(stdout.match(/the true first error is step \d: missed\./gu)?.length, 1);
  t.is(stdout.match(/No step is wrong\./gu)?.length, 2);
});

test('the rates that the demo quotes are those that were measured', async t => {
  const {erroneous, firstErrorHasLowestReward} = expectedTraceResults();
  const {stdout} = await demo;
  t.true(stdout.includes(`In ${erroneous} wrong traces`));
  t.true(stdout.includes(`${(100 * firstErrorHasLowestReward).toFixed(1)} %`));
});

test('demo --json is a list of the results with their traces', async t => {
  const {code, stdout} = await runCli(['demo', '--json']);
  t.is(code, 0);
  const results = JSON.parse(stdout) as DemoResult[];
  const scored = await expected;
  for (const [index, {id, prompt, label, reward, score, weakest}] of results.entries()) {
    t.is(id, traces[index]!.id);
    t.is(prompt, traces[index]!.prompt);
    t.is(label, traces[index]!.label);
    t.true(Math.abs(reward - scored[index]!.reward) < 0.01);
    t.true(Math.abs(score - scored[index]!.score) < 0.01);
    t.true(Math.abs(scored[index]!.steps[weakest]!.reward - score) < 0.01);
  }

  t.is(results.length, traces.length);
});

test('a pipe gets no colours, FORCE_COLOR gives it some, NO_COLOR and --no-color take them', async t => {
  const colours = async (args: string[], env: NodeJS.ProcessEnv) =>
    (await runCli(['demo', ...args], {env})).stdout.includes('\u001B[');
  t.false((await demo).stdout.includes('\u001B['));
  t.true(await colours([], {FORCE_COLOR: '1'}));
  t.false(await colours([], {FORCE_COLOR: '1', NO_COLOR: '1'}));
  t.false(await colours(['--no-color'], {FORCE_COLOR: '1'}));
});

test('the demo keeps to the width of a narrow terminal', async t => {
  const {stdout} = await runCli(['demo'], {env: {COLUMNS: '60'}});
  const widest = Math.max(...stdout.split('\n').map(line => line.length));
  t.true(widest <= 60, String(widest));
});

test('a reader that has seen enough ends the demo quietly', async t => {
  const command = '"$NODE" --import=tsx lib/cli/main.ts demo | head -1';
  const child = start('sh', ['-c', command], {NODE: process.execPath});
  const {code, stdout, stderr} = await ended(child);
  t.is(code, 0);
  t.is(stdout.split('\n').length, 2);
  t.is(stderr, '');
});
