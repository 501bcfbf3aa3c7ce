import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {bundledPair, scoreSteps} from '../../lib/index.js';
import {formatCard} from '../../scripts/make-pair/card.js';
import type {Figures} from '../../scripts/make-pair/figures.js';
import {readLines} from '../../scripts/make-pair/json-lines.js';
import {files, recipe} from '../../scripts/make-pair/recipe.js';
import {traceFigures} from '../../scripts/make-pair/trace-figures.js';
import {withPair} from '../helpers/pairs.js';

interface Trace {
  problem: string;
  steps: string[];
  label: number;
}

const figures = JSON.parse(readFileSync(files.figures, 'utf8')) as Figures;
const traces = readLines<Trace>(path.join(files.examples, 'processbench.jsonl'));

test('the pair that ships was made by the recipe that is there, and its card says what was measured', t => {
  t.deepEqual(figures.recipe, JSON.parse(JSON.stringify(recipe)));
  t.is(readFileSync(files.card, 'utf8'), formatCard(figures));
});

test('on the examples the pair has the figures of its card, and its control falls short of them', async t => {
  const some = traces.slice(0, figures.examples.traces);
  const measured = async (options: Parameters<typeof withPair>[0]) =>
    withPair(options, async pair => {
      const inputs = some.map(({problem, steps}) => ({prompt: problem, response: steps.join('\n\n'), steps}));
      const results = await scoreSteps(pair, inputs);
      const labelled = results.map(({steps}, index) => ({steps, label: some[index]!.label}));
      return traceFigures(labelled, figures.threshold);
    });
  const pair = await measured(bundledPair());
  const control = await measured({policy: files.base, reference: undefined, beta: 1});
  for (const [name, value] of Object.entries(figures.examples)) {
    // A trace or two may be on the other side with another CPU.
    t.true(Math.abs(pair[name as keyof typeof pair] - value) <= 2.5 / some.length, `${name}: ${value}`);
  }

  t.log(pair, control);
  t.true(pair.stepAuc > control.stepAuc + 0.05);
  t.true(pair.firstErrorLowest > control.firstErrorLowest + 0.1);
});
