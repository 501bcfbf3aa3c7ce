import test from 'ava';
import {firstError} from '../../lib/reward/first-error.js';

test('the first probability under the threshold is the error', t => {
  t.is(firstError([0.9, 0.4, 0.3], 0.5), 1);
  t.is(firstError([0.9, 0.8], 0.5), -1);
});

test('a probability that equals the threshold is no error', t => {
  t.is(firstError([0.9, 0.5, 0.3], 0.5), 2);
  t.is(firstError([0.5], 0.5), -1);
  t.is(firstError([0], 0), -1);
});
