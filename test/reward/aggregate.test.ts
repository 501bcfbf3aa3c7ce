import test from 'ava';
import {InvalidInputError} from '../../lib/errors/invalid-input-error.js';
import {type Aggregate, aggregate} from '../../lib/reward/aggregate.js';
import {sigmoid} from '../../lib/reward/sigmoid.js';

const values = [0.5, -1, 2];

test('the default is the lowest value', t => t.is(aggregate(values), -1));
test('min is the lowest value', t => t.is(aggregate(values, 'min'), -1));
test('sum adds the values up', t => t.is(aggregate(values, 'sum'), 1.5));
test('mean divides the sum by the number of steps', t => t.is(aggregate(values, 'mean'), 0.5));
test('last is the value of the last step', t => t.is(aggregate(values, 'last'), 2));

test('product multiplies the probabilities', t => {
  t.is(aggregate(values, 'product'), sigmoid(0.5) * sigmoid(-1) * sigmoid(2));
});

test('typed arrays aggregate as arrays do', t => {
  for (const method of ['min', 'sum', 'mean', 'last', 'product'] as const) {
    t.is(aggregate(Float32Array.from(values), method), aggregate(values, method));
  }
});

test('one value is its own min, sum, mean and last', t => {
  for (const method of ['min', 'sum', 'mean', 'last'] as const) {
    t.is(aggregate([-3.5], method), -3.5);
  }
});

test('a hundred thousand values are no trouble', t => {
  t.is(aggregate(new Float64Array(1e5).fill(-1), 'min'), -1);
});

test('no values are refused', t => {
  t.throws(() => aggregate([]), {instanceOf: InvalidInputError, message: /at least one step/});
});

test('a value that is no number is refused, with its place', t => {
  const error = t.throws(() => aggregate([1, Number.NaN]), {instanceOf: InvalidInputError});
  t.regex(error.message, /values\[1\] is NaN/);
});

test('an unknown method is refused, with the known ones', t => {
  for (const method of ['max', 'toString', null]) {
    const error = t.throws(() => aggregate(values, method as Aggregate), {instanceOf: InvalidInputError});
    t.regex(error.message, /'min', 'sum', 'mean', 'last', 'product'/);
  }
});
