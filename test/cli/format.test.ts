import test from 'ava';
import {formatInfo} from '../../lib/cli/info/format-info.js';
import {wholeNumber} from '../../lib/cli/options/numbers.js';
import {positiveNumber} from '../../lib/cli/options/positive-number.js';
import {parseSplit} from '../../lib/cli/options/split.js';
import {byteSize} from '../../lib/cli/terminal/byte-size.js';
import {progressLine} from '../../lib/cli/terminal/progress-line.js';
import type {ModelInfo} from '../../lib/index.js';
import {rewardPlaces} from '../../lib/paint/reward-places.js';
import {signed} from '../../lib/paint/signed.js';
import {wrapLine} from '../../lib/paint/wrap-line.js';
import {escapeJson} from '../../lib/utils/escape-json.js';
import {printable} from '../../lib/utils/printable.js';

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

test('printable text is one line', t => {
  t.is(printable('a\nb\tc\u0000é😀'), String.raw`a\nb\tc\u{0}é😀`);
});

test('JSON is escaped where a terminal or a reader of lines would stumble', t => {
  const value = {'\u009B': '\u007F\u2028\u2029é'};
  const escaped = escapeJson(JSON.stringify(value));
  t.is(escaped, String.raw`{"\u009b":"\u007f\u2028\u2029é"}`);
  t.deepEqual(JSON.parse(escaped), value);
});

test('sizes are in powers of a thousand', t => {
  t.deepEqual([0, 999, 999_949, 999_950, 3_283_456, 4.1e9, 7e15].map(byteSize), [
    '0 B',
    '999 B',
    '999.9 kB',
    '1.0 MB',
    '3.3 MB',
    '4.1 GB',
    '7000.0 TB',
  ]);
});

test('progress shows a bar only if the total is known, and never more than fits', t => {
  const line = (fraction: number | null, elapsed: number, width: number) =>
    progressLine({label: 'scoring', fraction, detail: '12 lines done'}, elapsed, width);
  t.is(line(null, 9000, 80), 'scoring 12 lines done');
  t.is(line(0.5, 0, 80), 'scoring [============------------] 50 %, 12 lines done');
  t.is(line(0.5, 9000, 80), 'scoring [============------------] 50 %, 12 lines done, about 9 s left');
  t.is(line(0.5, 9000, 60), 'scoring [=======-------] 50 %, 12 lines done, about 9 s left');
  t.is(line(0.5, 9000, 20), 'scoring 50 %, 12 lin');
  t.is(line(0.001, 9000, 80), 'scoring [------------------------] 0 %, 12 lines done');
  t.is(line(1, 9000, 80), 'scoring [========================] 100 %, 12 lines done');
  t.true(line(0.1, 100_000, 80).endsWith('about 15 min left'));
  t.true(line(0.01, 1_000_000, 80).endsWith('about 28 h left'));
});

test('the time left does not count what an earlier run did', t => {
  const line = (fraction: number, from: number) =>
    progressLine({label: 'scoring', fraction, from, detail: 'x'}, 10_000, 80);
  t.true(line(0.75, 0.5).endsWith('about 10 s left'));
  t.true(line(0.501, 0.5).endsWith('x'));
});

test('splitters are parsed', t => {
  t.is(parseSplit('step-label'), 'step-label');
  t.deepEqual(parseSplit('string:a:b'), {separator: 'a:b'});
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

const model: ModelInfo = {
  path: '/x.gguf',
  architecture: 'qwen2',
  name: 'Evil \u001B[31m',
  quantisation: 'Q8_0',
  parameters: 7.62e9,
  sizeInBytes: 8.1e9,
  contextLength: 32_768,
  embeddingLength: 1,
  layers: 0,
  vocabularySize: 152_064,
  beta: null,
  chatTemplate: null,
  metadata: {},
};

test('a description of models escapes names and says what is not known', t => {
  const text = formatInfo(['x.gguf'], {models: [model], differences: [null]});
  t.is(
    text,
    [
      'x.gguf',
      '  architecture    qwen2',
      String.raw`  name            Evil \u{1b}[31m`,
      '  parameters      7.62 B',
      '  quantisation    Q8_0',
      '  size            8.1 GB',
      '  context length  32,768 tokens',
      '  layers          unknown',
      '  vocabulary      152,064 tokens',
      '  beta            not given (0.05 unless you say otherwise)',
      '  chat template   no',
      '',
    ].join('\n'),
  );
});

test('models of differing quantisations get a warning, those of one do not', t => {
  const text = (quantisation: string) =>
    formatInfo(['a', 'b'], {models: [model, {...model, quantisation}], differences: [null, null]});
  t.regex(text('Q4_0'), /equal\.\nWarning: the quantisations differ \(Q8_0, Q4_0\)\. [^\n]*\n$/u);
  t.notRegex(text('Q8_0'), /Warning/u);
});
