import test from 'ava';
import fc from 'fast-check';
import {InvalidInputError} from '../../lib/errors/invalid-input-error.js';
import {splitSteps} from '../../lib/steps/split-steps.js';
import {stepBoundaries} from '../../lib/steps/step-boundaries.js';
import type {StepSplitter} from '../../lib/steps/step-splitter.js';
import {oddText} from './odd-text.js';

test('a token belongs to the step in which it begins', t => {
  t.deepEqual(stepBoundaries([0, 1, 2, 3, 4, 5], [0, 3]), [3, 6]);
});

test('a separator belongs to the step before it', t => {
  // 'ab\n\ncd' as 'ab', '\n\n', 'cd'.
  t.deepEqual(stepBoundaries([0, 2, 4], [0, 4]), [2, 3]);
});

test('a token that reaches into the next step stays with its own', t => {
  // 'ab\n\ncd' as 'ab\n', '\nc', 'd'.
  t.deepEqual(stepBoundaries([0, 3, 5], [0, 4]), [2, 3]);
});

test('leading separators belong to the first step', t => {
  t.deepEqual(stepBoundaries([0, 1, 2, 3], [2, 3]), [3, 4]);
});

test('a step that begins and ends inside one token has no token', t => {
  t.deepEqual(stepBoundaries([0, 5, 6], [0, 2, 4, 6]), [1, 1, 2, 3]);
});

test('tokens of no width belong to the step that begins where they stand', t => {
  t.deepEqual(stepBoundaries([0, 2, 2, 2, 4, 4], [0, 2]), [1, 6]);
});

test('the end-of-turn token belongs to the last step', t => {
  t.deepEqual(stepBoundaries(Float64Array.of(0, 1, 2, 3), [0, 2]), [2, 4]);
});

test('without tokens every step ends at 0', t => {
  t.deepEqual(stepBoundaries([], [0, 4, 9]), [0, 0, 0]);
});

test('the place of the first step makes no difference', t => {
  for (const first of [0, 3, 100, Number.NaN]) {
    t.deepEqual(stepBoundaries([0, 1, 2, 3, 4], [first, 4]), [4, 5]);
  }
});

test('no steps are refused', t => {
  t.throws(() => stepBoundaries([0], []), {instanceOf: InvalidInputError, message: /at least one step/});
});

test('lists that do not ascend are refused, with the place', t => {
  t.throws(() => stepBoundaries([0, 2, 1], [0]), {
    instanceOf: InvalidInputError,
    message: /tokenStarts\[2\] is 1 after 2/,
  });
  t.throws(() => stepBoundaries([0], [0, 5, 4]), {
    instanceOf: InvalidInputError,
    message: /stepStarts\[2\] is 4 after 5/,
  });
  t.throws(() => stepBoundaries([0, Number.NaN], [0]), {instanceOf: InvalidInputError, message: /is NaN/});
});

// For every step, counts the tokens of that step and of those before it, straight from the definition.
function naiveBoundaries(tokenStarts: readonly number[], stepStarts: readonly number[]): number[] {
  const stepOf = (token: number) =>
    stepStarts.reduce((found, start, step) => (step === 0 || start <= token ? step : found), 0);
  return stepStarts.map((_, step) => tokenStarts.filter(token => stepOf(token) <= step).length);
}

const bytesBefore = (text: string, index: number) => Buffer.byteLength(text.slice(0, index));

const splitters = fc.constantFrom<StepSplitter>('blank-line', 'line', 'step-label', {separator: 'a'}, /\s+/);

test('tokens cut anywhere, even inside a character, fall to the steps of the definition', t => {
  fc.assert(
    fc.property(
      oddText.map(text => `x${text}x`),
      splitters,
      fc.array(fc.double({min: 0, max: 1, noNaN: true}), {maxLength: 40}),
      fc.boolean(),
      (response, splitter, places, complete) => {
        const length = Buffer.byteLength(response);
        const cuts = places.map(place => Math.floor(place * length)).sort((a, b) => a - b);
        const tokenStarts = [0, ...cuts, ...(complete ? [length] : [])];
        const stepStarts = splitSteps(response, splitter).map(({start}) => bytesBefore(response, start));
        const expected = naiveBoundaries(tokenStarts, stepStarts);
        t.deepEqual(stepBoundaries(tokenStarts, stepStarts), expected);
        t.deepEqual(stepBoundaries(Int32Array.from(tokenStarts), stepStarts), expected);
      },
    ),
    {numRuns: 500},
  );
});

test('one token a byte: the tokens of a step are its bytes and those of the separator after it', t => {
  fc.assert(
    fc.property(
      oddText.map(text => `x${text}x`),
      splitters,
      (response, splitter) => {
        const spans = splitSteps(response, splitter);
        const tokenStarts = Array.from({length: Buffer.byteLength(response)}, (_, index) => index);
        const stepStarts = spans.map(({start}) => bytesBefore(response, start));
        const nextStarts = [...stepStarts.slice(1), tokenStarts.length];
        t.deepEqual(stepBoundaries(tokenStarts, stepStarts), nextStarts);
      },
    ),
  );
});

test('any ascending numbers fall to the steps of the definition', t => {
  const ascending = fc.array(fc.nat(30), {maxLength: 30}).map(list => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(ascending, ascending, (tokenStarts, rest) => {
      const stepStarts = [0, ...rest];
      const ends = stepBoundaries(tokenStarts, stepStarts);
      t.deepEqual(ends, naiveBoundaries(tokenStarts, stepStarts));
      t.is(ends.at(-1), tokenStarts.length);
    }),
  );
});
