import test from 'ava';
import {InvalidInputError} from '../../lib/errors/invalid-input-error.js';
import {bestOf} from '../../lib/rank/best-of.js';

test('the best has the highest score, wherever it stands', t => {
  const scored = [{score: -1}, {score: 3}, {score: 2}];
  t.is(bestOf(scored), scored[1]!);
});

test('of equal scores the first in the list is the best', t => {
  const scored = [{score: -1}, {score: 3}, {score: 3}];
  t.is(bestOf(scored), scored[1]!);
});

test('of equal scores the one with the lowest index is the best, in whatever order they come', t => {
  const scored = [
    {score: 3, index: 10},
    {score: 3, index: 9},
    {score: 1, index: 0},
  ];
  t.is(bestOf(scored), scored[1]!);
  t.is(bestOf(scored.toReversed()), scored[1]!);
});

test('the list stays as it is', t => {
  const scored = [
    {score: 3, index: 1},
    {score: 3, index: 0},
  ];
  bestOf(scored);
  t.deepEqual(scored, [
    {score: 3, index: 1},
    {score: 3, index: 0},
  ]);
});

const wrong: ReadonlyArray<readonly [string, unknown, RegExp]> = [
  ['no responses', [], /bestOf's responses.*\[\]/],
  ['one response alone', {score: 1}, /bestOf's responses.*array/],
  ['a score that is NaN', [{score: 1}, {score: Number.NaN}], /1\.score in bestOf's responses.*NaN/],
  ['an index on some only', [{score: 1}, {score: 1, index: 0}], /only some/],
  [
    'two responses with one index',
    [
      {score: 1, index: 2},
      {score: 1, index: 2},
    ],
    /two have 2/,
  ],
];

for (const [name, scored, message] of wrong) {
  test(`the best of ${name} is refused`, t => {
    t.throws(() => bestOf(scored as {score: number}[]), {instanceOf: InvalidInputError, message});
  });
}
