import test from 'ava';
import fc from 'fast-check';
import {type Line, readLines} from '../../../lib/runs/files/read-lines.js';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size);
  }
}

async function linesOf(text: string, size: number, longest?: number): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of readLines(inChunks(Buffer.from(text), size), longest)) {
    lines.push(line);
  }

  return lines;
}

test('lines are the same however the bytes arrive, and know their number and their end', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('ab', 'é', '\u2028', '\r', '')),
      fc.integer({min: 1, max: 9}),
      async (parts, size) => {
        const text = parts.join('\n');
        const lines = await linesOf(text, size);
        const wanted = text.split('\n');
        if (wanted.at(-1) === '') {
          wanted.pop();
        }

        t.deepEqual(
          lines.map(({bytes}) => Buffer.from(bytes).toString()),
          wanted,
        );
        t.deepEqual(
          lines.map(({number}) => number),
          wanted.map((_, index) => index + 1),
        );
        t.is(lines.at(-1)?.end ?? 0, Buffer.byteLength(text));
      },
    ),
  );
});

test('a line that is too long is refused before it is whole', async t => {
  t.is((await linesOf('12345678\n12345678', 3, 8)).length, 2);
  await t.throwsAsync(linesOf('1\n123456789', 3, 8), {message: /longer than/u});
});
