import test from 'ava';
import {InvalidInputError} from '../../lib/errors/invalid-input-error.js';
import {type BetaSchedule, betaWeights} from '../../lib/reward/beta-schedule.js';

test('a constant schedule weighs every token 1', t => {
  t.deepEqual(betaWeights('constant', 3), Float64Array.of(1, 1, 1));
});

test('a reciprocal schedule weighs token t 1/t', t => {
  t.deepEqual(betaWeights('reciprocal', 4), Float64Array.of(1, 1 / 2, 1 / 3, 1 / 4));
});

test('an exponential schedule decays by 0.95 a token from 1', t => {
  const weights = betaWeights('exponential', 100);
  t.is(weights[0], 1);
  t.is(weights[1], 0.95);
  t.true(Math.abs(weights[99]! / 0.95 ** 99 - 1) < 1e-12);
});

test('a length-normalised schedule weighs every token 1/T', t => {
  t.deepEqual(betaWeights('length-normalised', 4), Float64Array.of(0.25, 0.25, 0.25, 0.25));
});

test('a function is asked for t from 1 to the length', t => {
  const asked: number[][] = [];
  const weights = betaWeights((...args) => {
    asked.push(args);
    return args[0] * 10;
  }, 3);
  t.deepEqual(asked, [
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  t.deepEqual(weights, Float64Array.of(10, 20, 30));
});

test('no tokens, no weights', t => {
  for (const schedule of ['constant', 'reciprocal', 'exponential', 'length-normalised'] as const) {
    t.is(betaWeights(schedule, 0).length, 0);
  }
});

test('a function that returns no finite number is refused, with its place', t => {
  const bad: unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, '1', undefined];
  for (const value of bad) {
    const schedule = ((at: number) => (at === 2 ? value : 1)) as BetaSchedule;
    const error = t.throws(() => betaWeights(schedule, 3), {instanceOf: InvalidInputError});
    t.regex(error.message, /for t = 2 of 3/);
  }
});

test('an unknown schedule is refused, with the known ones', t => {
  for (const value of ['linear', 'length-normalized', null, 1]) {
    const error = t.throws(() => betaWeights(value as BetaSchedule, 3), {instanceOf: InvalidInputError});
    t.regex(error.message, /'constant', 'reciprocal', 'exponential', 'length-normalised' or a function/);
  }
});

test('a length that is no count is refused', t => {
  for (const length of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => betaWeights('constant', length), {instanceOf: InvalidInputError});
  }
});
