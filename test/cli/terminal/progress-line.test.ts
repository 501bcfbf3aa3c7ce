import test from 'ava';
import {progressLine} from '../../../lib/cli/terminal/progress-line.js';
import {byteSize} from '../../../lib/cli/terminal/quantities.js';

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
