import test from 'ava';
import fc from 'fast-check';
import {InvalidInputError} from '../../lib/errors/invalid-input-error.js';
import {joinSteps} from '../../lib/steps/join-steps.js';
import {splitSteps} from '../../lib/steps/split-steps.js';
import {oddText} from './odd-text.js';

test('steps alone are joined by a blank line', t => {
  t.deepEqual(joinSteps(['a', '😀b', 'c']), {
    response: 'a\n\n😀b\n\nc',
    spans: [
      {text: 'a', start: 0, end: 1},
      {text: '😀b', start: 3, end: 6},
      {text: 'c', start: 8, end: 9},
    ],
  });
});

test('steps are found in their response', t => {
  t.deepEqual(joinSteps(['a b', 'c', 'd'], ' a b\r\nc  d\n'), {
    response: ' a b\r\nc  d\n',
    spans: [
      {text: 'a b', start: 1, end: 4},
      {text: 'c', start: 6, end: 7},
      {text: 'd', start: 9, end: 10},
    ],
  });
});

test('steps may stand without anything between them', t => {
  t.deepEqual(
    joinSteps(['ab', 'cd'], 'abcd').spans.map(({start}) => start),
    [0, 2],
  );
});

test('steps may have white space of their own at the ends', t => {
  const {spans} = joinSteps([' a\n', '\n  b ', 'c'], '\n a\n\n  b \nc');
  t.deepEqual(spans, [
    {text: ' a\n', start: 1, end: 4},
    {text: '\n  b ', start: 4, end: 9},
    {text: 'c', start: 10, end: 11},
  ]);
});

test('equal steps are found one after the other', t => {
  t.deepEqual(
    joinSteps(['a', 'a', 'aa'], 'a a aa').spans.map(({start}) => start),
    [0, 2, 4],
  );
});

test('what was split can be joined again', t => {
  fc.assert(
    fc.property(
      oddText.filter(text => text.trim() !== ''),
      fc.constantFrom('blank-line' as const, 'line' as const, 'step-label' as const),
      (response, splitter) => {
        const spans = splitSteps(response, splitter);
        const steps = spans.map(({text}) => text);
        t.deepEqual(joinSteps(steps, response), {response, spans: joinSteps(steps, response).spans});
        t.deepEqual(
          joinSteps(steps, response).spans.map(({text}) => text),
          steps,
        );
        t.deepEqual(joinSteps(steps, response).spans, spans);
      },
    ),
  );
});

test('steps and spans of a joined response agree', t => {
  fc.assert(
    fc.property(
      fc.array(
        oddText.filter(text => text.trim() !== ''),
        {minLength: 1, maxLength: 6},
      ),
      steps => {
        const {response, spans} = joinSteps(steps);
        t.is(response, steps.join('\n\n'));
        t.deepEqual(
          spans.map(({start, end}) => response.slice(start, end)),
          steps,
        );
      },
    ),
  );
});

const refused: ReadonlyArray<readonly [string, unknown, string | undefined, RegExp]> = [
  ['no list', 'ab', undefined, /list of at least one string, not 'ab'/],
  ['no steps', [], undefined, /list of at least one string, not \[\]/],
  ['a step that is no string', ['a', 1], undefined, /steps\[1\] is 1/],
  ['a hole', Array(2), undefined, /steps\[0\] is undefined/],
  ['an empty step', ['a', 'b', ''], undefined, /steps\[2\] is ''/],
  ['a step of white space', [' \n'], undefined, /steps\[0\] is ' \\n'/],
  [
    'a step that is not there',
    ['a', 'x'],
    'a\n\nb',
    /Step 2 \(steps\[1\]\), 'x', .* at character 3 there is 'b'/,
  ],
  [
    'steps in another order',
    ['b', 'a'],
    'a b',
    /Step 1 \(steps\[0\]\), 'b', .* at character 0 there is 'a b'/,
  ],
  ['text between the steps', ['a', 'c'], 'a b c', /Step 2 .* at character 2 there is 'b c'/],
  ['a step too many', ['a', 'b'], 'a\n', /Step 2 .* at character 2 there is nothing more/],
  [
    'text after the last step',
    ['a', 'b'],
    'a b c',
    /end after step 2 \(steps\[1\]\), but .* 'c' at character 4/,
  ],
  ['white space the response has not', ['a', '  b'], 'a b', /Step 2 \(steps\[1\]\), ' {2}b'/],
  ['steps that share white space', ['a ', ' b'], 'a b', /Step 2 \(steps\[1\]\), ' b'/],
  ['an empty response', ['a'], '', /Step 1 .* at character 0 there is nothing more/],
  ['a response that is no string', ['a'], 7 as unknown as string, /string, not 7/],
];

for (const [what, steps, response, message] of refused) {
  test(`refuses ${what}`, t => {
    t.throws(() => joinSteps(steps as string[], response), {instanceOf: InvalidInputError, message});
  });
}
