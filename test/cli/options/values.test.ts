import test from 'ava';
import {positiveNumber, wholeNumber} from '../../../lib/cli/options/numbers.js';
import {parseSplit} from '../../../lib/cli/options/scoring.js';

test('splitters are parsed', t => {
  t.is(parseSplit('step-label'), 'step-label');
  t.deepEqual(parseSplit('string:a:b'), {separator: 'a:b'});
  t.deepEqual(parseSplit('string:\\n\\n'), {separator: '\n\n'});
  t.deepEqual(parseSplit('string: ки\\r\\t'), {separator: ' ки\r\t'});
  t.deepEqual(parseSplit(String.raw`string:\\n\frac`), {separator: '\\n\\frac'});
  t.deepEqual(parseSplit('regex:^Step'), /^Step/mu);
  for (const wrong of ['', 'paragraph', 'string:', 'regex:', 'regex:(']) {
    t.throws(() => parseSplit(wrong), {code: 'commander.invalidArgument'}, wrong);
  }
});

test('numbers are parsed strictly', t => {
  t.deepEqual(['0.05', '1e-3', '.5', '2'].map(positiveNumber), [0.05, 0.001, 0.5, 2]);
  t.is(wholeNumber(0)('12'), 12);
  for (const wrong of ['', '0', '-1', 'Infinity', '1x', 'NaN', '1,5']) {
    t.throws(() => positiveNumber(wrong), {code: 'commander.invalidArgument'}, wrong);
  }

  for (const wrong of ['', '1.5', '-1', '1e3', '9', '99999999999999999999']) {
    t.throws(() => wholeNumber(10)(wrong), {code: 'commander.invalidArgument'}, wrong);
  }
});
