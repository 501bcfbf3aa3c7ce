import test from 'ava';
import {escapeJson} from '../../lib/utils/escape-json.js';
import {printable} from '../../lib/utils/printable.js';

test('printable text is one line', t => {
  t.is(printable('a\nb\tc\u0000é😀'), String.raw`a\nb\tc\u{0}é😀`);
});

test('JSON is escaped where a terminal or a reader of lines would stumble', t => {
  const value = {'\u009B': '\u007F\u2028\u2029é'};
  const escaped = escapeJson(JSON.stringify(value));
  t.is(escaped, String.raw`{"\u009b":"\u007f\u2028\u2029é"}`);
  t.deepEqual(JSON.parse(escaped), value);
});

test('JSON is escaped where a terminal would turn the direction of text around', t => {
  const value = '\u061C\u200E\u200F\u202A\u202E\u2066\u2069\u200D';
  const escaped = escapeJson(JSON.stringify(value));
  t.is(escaped.replace('\u200D', '-'), String.raw`"\u061c\u200e\u200f\u202a\u202e\u2066\u2069-"`);
  t.is(JSON.parse(escaped), value);
});
