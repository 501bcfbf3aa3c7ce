import test from 'ava';
import fc from 'fast-check';
import {utf16Offsets} from '../../lib/text/utf16-offsets.js';

const unicode = fc.string({unit: 'binary', maxLength: 40});

/** For every byte of the text the index of the character that it belongs to, and behind them the text's length. */
function indexOfEachByte(text: string): number[] {
  let index = 0;
  const indices = [...text].flatMap(character => {
    const own = Array.from<number>({length: Buffer.byteLength(character)}).fill(index);
    index += character.length;
    return own;
  });
  return [...indices, text.length];
}

test('every byte of a random text is found in its character', t => {
  fc.assert(
    fc.property(unicode, text => {
      const expected = indexOfEachByte(text);
      t.deepEqual([...utf16Offsets(text, [...expected.keys()])], expected);
    }),
  );
});

test('ascending offsets, with gaps and repeated ones, are found too', t => {
  fc.assert(
    fc.property(unicode, fc.array(fc.nat(200), {maxLength: 20}), (text, numbers) => {
      const all = indexOfEachByte(text);
      const offsets = numbers.map(number => number % all.length).sort((a, b) => a - b);
      t.deepEqual(
        [...utf16Offsets(text, offsets)],
        offsets.map(offset => all[offset]!),
      );
    }),
  );
});

test('an offset in the middle of a character is that of the character', t => {
  t.deepEqual([...utf16Offsets('aé😀b', [0, 1, 2, 3, 4, 6, 7, 8])], [0, 1, 1, 2, 2, 2, 4, 5]);
});

test('there is nothing to find for no offsets, and 0 in an empty text', t => {
  t.deepEqual([...utf16Offsets('text', [])], []);
  t.deepEqual([...utf16Offsets('', [0, 0])], [0, 0]);
});

test('offsets come as a typed array too', t => {
  t.deepEqual([...utf16Offsets('é!', Uint32Array.of(1, 2))], [0, 1]);
});
