import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import stringWidth from 'string-width';
import {bundledPair, type ScoredResponse, scoreSteps} from '../../../lib/index.js';
import type {Trace} from '../../helpers/golden.js';
import {withPair} from '../../helpers/pairs.js';
import {packageRoot, parseLines, runCli} from '../cli-process.js';
import {runCliHere} from '../run-in-process.js';

interface DemoResult extends Trace {
  steps: never;
  reward: number;
  score: number;
  predictedError: number;
}

const traces = parseLines<Trace>(
  readFileSync(path.join(packageRoot, 'examples/arithmetic/traces.jsonl'), 'utf8'),
);
const expected = withPair(bundledPair(), async pair => {
  const results = [];
  for (const {prompt, response} of traces) {
    results.push(await scoreSteps(pair, {prompt, response}));
  }

  return results;
});

const {
  threshold: exactThreshold,
  found,
  measured,
} = JSON.parse(readFileSync(path.join(packageRoot, 'models/students/figures.json'), 'utf8'));
const threshold = Number(exactThreshold.toFixed(2));
const predictedError = ({steps}: ScoredResponse) =>
  steps.findIndex(({probability}) => probability < threshold);

const demo = runCli(['demo']);

/** A row of a step: whether it is marked, its number, bar, reward, Q value, probability and text. */
const row = /^(>| ) +(\d+) [ █▐]{5}│[ █▌]{5} +([-+]?[\d.]+) +([-+]?[\d.]+) +([\d.]+) {2}(.*)$/u;

test('the demo has right traces, wrong ones and one that the model misses', async t => {
  const results = await expected;
  const wrong = traces.filter(({label}) => label >= 0);
  t.is(wrong.length, 4);
  t.is(traces.length, 6);
  const missed = traces.filter(({label}, index) => label >= 0 && predictedError(results[index]!) !== label);
  t.is(missed.length, 1);
});

test('the demo prints every step with the numbers of scoreSteps and marks the first under the threshold', async t => {
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

  const marked = (await expected).filter(result => predictedError(result) !== -1);
  t.is(rows.filter(([, mark]) => mark === '>').length, marked.length);
});

test('the demo says of each trace whether the marked step is the true first error', async t => {
  const {stdout} = await demo;
  t.is(stdout.match(/That is the true first error: found\./gu)?.length, 3);
  t.is(stdout.match(/The true first error is step \d: missed\./gu)?.length, 1);
  t.is(stdout.match(/In truth no step is wrong\./gu)?.length, 2);
});

test('the rates that the demo quotes are those that were measured', async t => {
  const {stdout} = await demo;
  const text = stdout.replaceAll('\n', ' ');
  t.true(text.includes(`In ${measured.traces} traces`));
  t.true(text.includes(`${(100 * found.ofErroneous).toFixed(1)} % of ${found.erroneous} first errors`));
  t.true(text.includes(`${(100 * found.ofRight).toFixed(1)} % of ${found.right} right traces`));
});

test('demo --json is a list of the results with their traces', async t => {
  const {code, stdout} = await runCliHere(['demo', '--json']);
  t.is(code, 0);
  const results = JSON.parse(stdout) as DemoResult[];
  const scored = await expected;
  for (const [index, {id, prompt, label, reward, score, predictedError: predicted}] of results.entries()) {
    t.is(id, traces[index]!.id);
    t.is(prompt, traces[index]!.prompt);
    t.is(label, traces[index]!.label);
    t.true(Math.abs(reward - scored[index]!.reward) < 0.01);
    t.true(Math.abs(score - scored[index]!.score) < 0.01);
    t.is(predicted, predictedError(scored[index]!));
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
  const {stdout} = await runCliHere(['demo'], {env: {COLUMNS: '60'}});
  const widest = Math.max(...stdout.split('\n').map(line => stringWidth(line)));
  t.true(widest <= 60, String(widest));
});
