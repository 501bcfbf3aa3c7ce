import test from 'ava';
import fc from 'fast-check';
import {splitSteps} from '../../lib/steps/split-steps.js';
import type {StepSpan} from '../../lib/steps/step-span.js';
import type {StepSplitter} from '../../lib/steps/step-splitter.js';
import {oddText} from './odd-text.js';

const responses = oddText.filter(text => text.trim() !== '');

function pieces(response: string, spans: readonly StepSpan[]): {gaps: string[]; rebuilt: string} {
  const gaps: string[] = [];
  let rebuilt = '';
  let end = 0;
  for (const span of spans) {
    gaps.push(response.slice(end, span.start));
    rebuilt += gaps.at(-1) + span.text;
    end = span.end;
  }

  gaps.push(response.slice(end));
  return {gaps, rebuilt: rebuilt + gaps.at(-1)};
}

// One assertion a property run: a million `t.true` calls would be the slowest part of the suite.
function isSound(response: string, spans: readonly StepSpan[]): boolean {
  return (
    spans.length > 0 &&
    spans.every(({text, start, end}) => text === response.slice(start, end) && text.trim() !== '') &&
    spans.every(({start}, index) => start >= (spans[index - 1]?.end ?? 0)) &&
    pieces(response, spans).rebuilt === response
  );
}

for (const splitter of ['blank-line', 'line', 'step-label'] as const) {
  test(`'${splitter}' cuts sound spans with only white space between them`, t => {
    fc.assert(
      fc.property(responses, response => {
        const spans = splitSteps(response, splitter);
        t.true(isSound(response, spans));
        t.true(pieces(response, spans).gaps.every(gap => gap.trim() === ''));
      }),
    );
  });
}

test('blank lines: no step holds one, and there is one between any two steps', t => {
  const blankLine = /(?:\r\n|\n|\r(?!\n))[^\S\r\n]*[\r\n]/;
  fc.assert(
    fc.property(responses, response => {
      const spans = splitSteps(response, 'blank-line');
      t.true(spans.every(({text}) => !blankLine.test(text)));
      t.true(
        pieces(response, spans)
          .gaps.slice(1, -1)
          .every(gap => blankLine.test(gap)),
      );
    }),
  );
});

test('lines: no step holds a line end', t => {
  fc.assert(
    fc.property(responses, response => {
      t.true(splitSteps(response, 'line').every(({text}) => !/[\n\r]/.test(text)));
    }),
  );
});

test('labels: every step but the first begins with one', t => {
  fc.assert(
    fc.property(responses, response => {
      const [, ...rest] = splitSteps(response, 'step-label');
      t.true(rest.every(({text}) => /^[#*\-_>\s]*step\s+\d+[*_]*(?:[:.)]|$)/im.test(text)));
    }),
  );
});

test('a string cuts sound spans with only separators and white space between them', t => {
  fc.assert(
    fc.property(responses, fc.constantFrom('a', '\n', '. ', 'Step', '😀', '\n\n'), (response, separator) => {
      const spans = splitSteps(`x${response}x`, {separator});
      t.true(isSound(`x${response}x`, spans));
      t.true(spans.every(({text}) => !text.includes(separator)));
      t.true(pieces(`x${response}x`, spans).gaps.every(gap => gap.replaceAll(separator, '').trim() === ''));
    }),
  );
});

const sources = [
  '',
  '\\s*',
  '\\n+',
  '(?=Step)',
  '(?<=\\.)',
  '$',
  '^',
  '\\b',
  '(\\d)?',
  '[^a]',
  '.',
  'a|',
  '(?!a)',
  '\\p{L}',
];

const patterns: fc.Arbitrary<RegExp> = fc
  .tuple(fc.constantFrom(...sources), fc.subarray(['g', 'i', 'm', 's', 'u', 'y', 'd']))
  .map(([source, flags]) => new RegExp(source, flags.join('')));

test('a pattern cuts sound spans and comes to an end', t => {
  fc.assert(
    fc.property(responses, patterns, (response, pattern) => {
      // A pattern may match the whole response, and then there is no step.
      const text = `${response}\u0000`;
      const left = text.split(new RegExp(pattern.source, pattern.flags)).some(piece => piece?.trim());
      const cut = () => splitSteps(text, pattern);
      t.true(left ? isSound(text, cut()) : throws(cut) || isSound(text, cut()));
    }),
    {numRuns: 300},
  );
});

function throws(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}

test('a function gets the response and its pieces are the steps', t => {
  const words: StepSplitter = response => response.match(/\s*\S+\s*$|\s*\S+/g) ?? [];
  fc.assert(
    fc.property(responses, response => {
      const spans = splitSteps(response, words);
      t.true(isSound(response, spans));
      t.is(spans.map(({text}) => text).join(''), response);
    }),
  );
});
