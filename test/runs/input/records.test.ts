import {Readable} from 'node:stream';
import test from 'ava';
import fc from 'fast-check';
import type {Input} from '../../../lib/runs/input/open-input.js';
import {inputRecords} from '../../../lib/runs/input/records.js';

function inputOf(chunks: Iterable<Uint8Array>): Input {
  return {
    name: 'data',
    fraction: () => null,
    isTerminal: false,
    stats: undefined,
    stream: Readable.from(chunks),
  };
}

async function read(chunks: Iterable<Uint8Array>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const {bytes} of inputRecords(inputOf(chunks), 'sample')) {
    values.push(JSON.parse(Buffer.from(bytes).toString()));
  }

  return values;
}

function* cut(text: string, length: number): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += length) {
    yield bytes.subarray(start, start + length);
  }
}

test('a JSON array gives what JSON.parse gives, wherever it is cut', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue({maxDepth: 3})),
      fc.integer({min: 1, max: 40}),
      fc.constantFrom(undefined, 2),
      fc.constantFrom('', '\uFEFF', ' \n'),
      async (values, length, indent, before) => {
        const text = JSON.stringify(values, null, indent);
        t.deepEqual(await read(cut(`${before}${text}\n`, length)), JSON.parse(text));
      },
    ),
    {numRuns: 200},
  );
});

test('lines are read likewise, with their places', async t => {
  const lines = ['\uFEFF{"a": "[ü"}', '', ' ', '[2]'];
  const places: string[] = [];
  const ends: number[] = [];
  for await (const {place, end} of inputRecords(inputOf(cut(lines.join('\n'), 3)), 'sample')) {
    places.push(place);
    ends.push(end);
  }

  t.deepEqual(places, ['data:1', 'data:4']);
  t.is(ends.at(-1), Buffer.byteLength(lines.join('\n')));
  t.deepEqual(await read([]), []);
  t.deepEqual(await read([Buffer.from(' \n')]), []);
});

test('an array is read as it comes, not as a whole', async t => {
  let chunks = 0;
  const endless = function* () {
    yield Buffer.from('[0');
    for (;;) {
      chunks++;
      yield Buffer.from(`, ${JSON.stringify({text: 'x'.repeat(1000)})}`);
    }
  };
  let count = 0;
  for await (const {number, place} of inputRecords(inputOf(endless()), 'sample')) {
    t.is(number, ++count);
    if (count === 1000) {
      t.is(place, 'data, sample 1000');
      break;
    }
  }

  t.true(chunks < 1100, String(chunks));
});

test('what is before a damaged place is read, then the place is told', async t => {
  const cases: [string | Uint8Array, number, RegExp][] = [
    ['[1, {"a": 2', 1, /^data, sample 2: The file is no valid JSON/u],
    ['[1, {]', 1, /^data, sample 2: The file is no valid JSON/u],
    ['[1, 2] 3', 2, /^data, sample 3: The file is no valid JSON/u],
    ['[1, "a" "b"]', 2, /^data, sample 3: The file is no valid JSON/u],
    [Buffer.concat([Buffer.from('[1, "'), Buffer.from([0xff]), Buffer.from('"]')]), 0, /no valid UTF-8/u],
  ];
  for (const [content, wanted, message] of cases) {
    let count = 0;
    await t.throwsAsync(
      async () => {
        for await (const _ of inputRecords(inputOf([Buffer.from(content)]), 'sample')) {
          count++;
        }
      },
      {message},
    );
    t.is(count, wanted, String(content));
  }
});
