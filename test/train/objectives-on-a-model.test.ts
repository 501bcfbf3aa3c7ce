import path from 'node:path';
import test from 'ava';
import {bundledPair, type ObjectiveName, type TrainEvent, trainPair} from '../../lib/index.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {labelledProblems} from './labelled-problems.js';

const directory = temporaryDirectory();
const data = labelledProblems();

/** The loss where every reward is 0, and how many terms it has: 2 × 2 pairs or 4 responses for each of 3 problems. */
const expected: readonly [ObjectiveName, {loss: number; units: number}][] = [
  ['ce', {loss: Math.LN2, units: 12}],
  ['dpo', {loss: Math.LN2, units: 12}],
  ['nca', {loss: 2 * Math.LN2, units: 12}],
  ['kto', {loss: 0.5, units: 12}],
];

for (const [objective, {loss, units}] of expected) {
  test(`${objective} on the base that ships: a few steps lower the loss and part right from wrong`, async t => {
    const events: TrainEvent[] = [];
    const training = trainPair({
      ...{base: bundledPair().reference, data, output: path.join(directory, `${objective}.gguf`), objective},
      ...{beta: 1, rank: 8, learningRate: 2e-4, warmup: 0, decay: 'constant', epochs: 5, batchSize: 100},
      ...{validation: 0, threads: 1, gpu: false, maxLength: 256},
    });
    for await (const event of training) {
      events.push(event);
    }

    const [told] = events.filter(event => event.type === 'data');
    t.is(told!.units, units);
    t.is(told!.right, 6);
    // All that there is is in each step, so losses can be compared.
    const steps = events.filter(event => event.type === 'step');
    t.is(steps.length, 5);
    t.true(Math.abs(steps[0]!.loss - loss) < 1e-3, `it begins at ${steps[0]!.loss}`);
    for (const [index, step] of steps.slice(1).entries()) {
      t.true(step.loss < steps[index]!.loss, `step ${index + 2}: ${steps[index]!.loss} becomes ${step.loss}`);
    }

    const last = steps.at(-1)!;
    t.true(last.meanRewardRight! > last.meanRewardWrong! + 0.3);
    t.log(steps.map(step => step.loss.toFixed(3)).join(' '));
  });
}
