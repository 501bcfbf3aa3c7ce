import test from 'ava';
import fc from 'fast-check';
import {packCounts, packNumbers} from '../../lib/report/data/pack.js';
import {unpackCounts, unpackNumbers} from '../../lib/report/page/detail/unpack.js';

test('numbers come back with at least four digits, in four characters each', t => {
  fc.assert(
    fc.property(fc.array(fc.float({noNaN: true, noDefaultInfinity: true})), numbers => {
      const packed = packNumbers(numbers);
      t.is(packed.length, 4 * numbers.length);
      const again = unpackNumbers(packed);
      t.is(again.length, numbers.length);
      for (const [index, number] of numbers.entries()) {
        // Numbers this small have fewer digits in single precision, too.
        t.true(Math.abs(again[index]! - number) <= Math.abs(number) * 2 ** -16 + 1e-40);
      }
    }),
  );
});

test('counts come back, and take a byte each where they are small', t => {
  fc.assert(
    fc.property(fc.array(fc.nat()), counts => {
      t.deepEqual(unpackCounts(packCounts(counts)), counts);
    }),
  );
  t.is(packCounts(Array.from({length: 300}, (_, index) => index % 128)).length, 400);
});
