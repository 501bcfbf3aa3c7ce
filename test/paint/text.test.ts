import test from 'ava';
import {wrapLine} from '../../lib/paint/format-text.js';
import {signed} from '../../lib/paint/numbers.js';
import {rewardPlaces} from '../../lib/paint/reward-scale.js';

test('a reward has a sign unless it rounds to nothing', t => {
  t.deepEqual(
    [1, -1, 0.004, -0.004, 0.005, 1234.5].map(value => signed(value)),
    ['+1.00', '-1.00', '0.00', '0.00', '+0.01', '+1234.50'],
  );
  t.deepEqual([signed(-0.0123, 3), signed(0.0001, 3)], ['-0.012', '0.000']);
});

test('rewards have more places where a nat is worth little', t => {
  t.deepEqual([2, 1, 0.5, 0.1, 0.05, 0.001, 1e-9].map(rewardPlaces), [2, 2, 2, 2, 3, 4, 4]);
});

test('lines break at spaces, and words only where they must', t => {
  t.deepEqual(wrapLine('', 5), ['']);
  t.deepEqual(wrapLine('ab cd ef', 5), ['ab cd', 'ef']);
  t.deepEqual(wrapLine('abcdefgh ij', 5), ['abcde', 'fgh', 'ij']);
  t.deepEqual(wrapLine('any text at all', Number.POSITIVE_INFINITY), ['any text at all']);
});

test('rows are as wide as a terminal shows them, and what is one character stays whole', t => {
  t.deepEqual(wrapLine('中文字符', 5), ['中文', '字符']);
  t.deepEqual(wrapLine('x\u0301'.repeat(5), 3), ['x\u0301'.repeat(3), 'x\u0301'.repeat(2)]);
  t.deepEqual(wrapLine('👩‍👩‍👧🇩🇪👍🏽', 4), ['👩‍👩‍👧🇩🇪', '👍🏽']);
});
