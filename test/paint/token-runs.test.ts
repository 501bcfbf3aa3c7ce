import test from 'ava';
import {tokenRewards, tokenRuns} from '../../lib/paint/tokens.js';

test('every token is a run, one at the end of the text is a run without text', t => {
  t.deepEqual(tokenRuns('ab cd', [0, 2, 5], [1, 2, 3]), [
    {start: 0, end: 2, reward: 1},
    {start: 2, end: 5, reward: 2},
    {start: 5, end: 5, reward: 3},
  ]);
});

test('tokens within what is one character are summed', t => {
  // Three tokens of one emoji, and an accent that comes with the letters behind it.
  t.deepEqual(tokenRuns('👩‍👧e\u0301x', [0, 0, 3, 5, 6], [1, 2, 4, 8, 16]), [
    {start: 0, end: 5, reward: 7},
    {start: 5, end: 8, reward: 24},
  ]);
});

test('text before the first token has no reward', t => {
  t.deepEqual(tokenRuns('ab', [1], [3]), [
    {start: 0, end: 1, reward: 0},
    {start: 1, end: 2, reward: 3},
  ]);
  t.deepEqual(tokenRuns('', [], []), []);
});

test('the rewards of tokens follow β and its schedule', t => {
  const tokens = {
    ids: Int32Array.of(1, 2),
    starts: Uint32Array.of(0, 1),
    policyLogprobs: Float32Array.of(-1, -2),
    referenceLogprobs: Float32Array.of(-2, -1),
  };
  t.deepEqual(tokenRewards(tokens, {beta: 0.5}), [0.5, -0.5]);
  t.deepEqual(tokenRewards(tokens, {beta: 0.5, betaSchedule: 'reciprocal'}), [0.5, -0.25]);
  t.deepEqual(tokenRewards({...tokens, referenceLogprobs: null}, {beta: 1}), [-1, -2]);
});
