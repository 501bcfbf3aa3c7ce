import test from 'ava';
import fc from 'fast-check';
import {sigmoid} from '../../lib/reward/sigmoid.js';

test('sigmoid is a half at 0, and 1 and 0 at the ends', t => {
  t.is(sigmoid(0), 0.5);
  t.is(sigmoid(Number.POSITIVE_INFINITY), 1);
  t.is(sigmoid(Number.NEGATIVE_INFINITY), 0);
  t.is(sigmoid(1e308), 1);
  t.is(sigmoid(-1e308), 0);
  t.true(Number.isNaN(sigmoid(Number.NaN)));
});

test('sigmoid keeps small probabilities', t => {
  t.is(sigmoid(-700), Math.exp(-700));
  t.is(sigmoid(-730), Math.exp(-730));
  t.true(sigmoid(-730) > 0);
});

test('sigmoid lies between 0 and 1, rises, and is symmetric', t => {
  fc.assert(
    fc.property(fc.double({noNaN: true}), fc.double({noNaN: true}), (x, y) => {
      t.true(sigmoid(x) >= 0 && sigmoid(x) <= 1);
      t.true(Math.abs(sigmoid(x) + sigmoid(-x) - 1) < 1e-15);
      t.true(sigmoid(Math.min(x, y)) <= sigmoid(Math.max(x, y)));
    }),
  );
});
