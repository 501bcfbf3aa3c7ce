import test from 'ava';
import {extractAnswer} from '../../lib/index.js';
import {ended} from '../cli/cli-process.js';
import {startExample} from './example-process.js';

test('the example of best-of-N ranks what a model answers and prints the best', async t => {
  const {code, stdout, stderr} = await ended(startExample('best-of-n', ['Compute 2 * 3 + 4', '3']));
  t.deepEqual({code, stderr}, {code: 0, stderr: ''});
  const [ranking, best, votes] = stdout.split(/\n\n(?=best of|weighted)/u);
  const rows = [...ranking!.matchAll(/^answer number (\d): (.+), score (-?[\d.]+)$/gmu)];
  t.deepEqual(rows.map(([, index]) => index).sort(), ['1', '2', '3']);
  const scores = rows.map(([, , , score]) => Number(score));
  t.deepEqual(
    scores,
    scores.toSorted((a, b) => b - a),
  );
  t.true(best!.startsWith('best of 3:\nStep 1: '), best!);
  t.is(String(extractAnswer(best!)), rows[0]![2]!);
  t.regex(votes!, /^weighted vote: .+\nmajority: .+\n$/u);
});
