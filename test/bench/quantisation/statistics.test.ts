import test from 'ava';
import {correlation} from '../../../bench/quantisation/correlation.js';
import {errorSummary} from '../../../bench/quantisation/error-summary.js';
import {rankCorrelation} from '../../../bench/quantisation/rank-correlation.js';

test('the correlation of a line is 1 or −1', t => {
  t.is(correlation([1, 2, 3], [10, 20, 30]), 1);
  t.is(correlation([1, 2, 3], [5, 4, 3]), -1);
});

test('only the order matters to the rank correlation', t => {
  t.is(rankCorrelation([1, 2, 3, 4], [-1e9, 0, 0.5, 1e9]), 1);
  // 1 − 6 Σ d² / (n (n² − 1)) where nothing is equal.
  t.true(Math.abs(rankCorrelation([1, 2, 3, 4], [2, 1, 4, 3]) - 0.6) < 1e-12);
});

test('equal values share the mean of their ranks', t => {
  // Ranks 0.5, 0.5, 2 against 0, 1, 2: a correlation of √3 / 2.
  t.true(Math.abs(rankCorrelation([7, 7, 9], [1, 2, 3]) - Math.sqrt(3) / 2) < 1e-12);
});

test('errors have no sign', t => {
  t.deepEqual(errorSummary([1, 2, 6], [2, 2, 2]), {mean: 5 / 3, median: 1, percentile99: 1, greatest: 4});
});
