import test from 'ava';
import {z} from 'zod';
import {InvalidInputError} from '../../../lib/errors/invalid-input-error.js';
import {parseRecord} from '../../../lib/runs/input/parse-record.js';

const schema = z.looseObject({
  problem: z.string(),
  steps: z.array(z.looseObject({text: z.string()})).optional(),
});
const parse = (content: string | Uint8Array) => parseRecord(Buffer.from(content), schema, 'the line');

const wrong: ReadonlyArray<readonly [string, string | Uint8Array, RegExp]> = [
  ['a line of CSV', 'prompt,response', /^The line is no valid JSON: .*looks like CSV/],
  ['the beginning of a record of several lines', '{', /on one line, or is an element of an array/],
  ['HTML', '<html>', /looks like HTML/],
  ['UTF-16', Buffer.from('\ufeff{"a": 1}', 'utf16le'), /^The line is no valid UTF-8.*looks like UTF-16/],
  ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), /looks like gzip/],
  ['Parquet', 'PAR1\u0015\u0004', /looks like Parquet/],
  ['a model', 'GGUF\u0003', /looks like a model/],
  [
    'a record without its field',
    '{"id": 1, "prompt": "a"}',
    /^the line has no "problem": it has "id", "prompt"; if "prompt" is what is meant, call it "problem"$/,
  ],
  ['a record without any', '{}', /^the line has no "problem": it has no field at all$/],
  [
    'a part without its field',
    '{"problem": "a", "steps": [{"content": "b"}]}',
    /steps\.0 in the line has no "text": it has "content"/,
  ],
];

for (const [what, content, message] of wrong) {
  test(`what a record is instead is said: ${what}`, t => {
    const error = t.throws(() => parse(content), {instanceOf: InvalidInputError, message});
    t.notRegex(error.message, /undefined/);
  });
}

test('a record is read with a byte order mark before it', t => {
  t.deepEqual(parse('\ufeff{"problem": "a"}'), {problem: 'a'});
});
