import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {InvalidInputError} from '../../../lib/errors/invalid-input-error.js';
import {type Algebra, openAlgebra} from '../../../lib/rank/algebra/algebra.js';
import {vote} from '../../../lib/rank/vote.js';
import {readData} from '../../helpers/golden.js';

let algebra: Algebra;
test.before(async () => {
  // No comparison takes that long; a busy machine may.
  algebra = await openAlgebra({timeLimit: 60_000});
});
test.after.always(() => algebra?.close());

for (const {kind, a, b, same} of readData<{kind: string; a: string; b: string; same: boolean}>(
  'answer-equality.jsonl',
)) {
  test(`${kind}: by algebra ${a} is ${same ? '' : 'not '}${b}`, async t => {
    t.is(await algebra.same(a, b), same);
    t.is(await algebra.same(b, a), same);
  });
}

const same: ReadonlyArray<readonly [string, string]> = [
  ['2\\sqrt{3}', '\\sqrt{12}'],
  ['x + y', 'y + x'],
  ['10^3', '10 \\cdot 100'],
  ['\\frac{x + 2}{7}', '\\frac{x}{7} + \\frac{2}{7}'],
  ['\\tan^2 y + 1', '\\sec^2 y'],
  ['\\frac{\\sqrt{2}}{2}', '\\frac{1}{\\sqrt{2}}'],
  ['(2\\sqrt3, x + y)', '(\\sqrt{12}, y + x)'],
  ['\\{\\sqrt{12}, 1 + 1\\}', '\\{2, 2\\sqrt{3}\\}'],
  ['x = \\frac{-1 \\pm \\sqrt{5}}{2}', '-\\frac12 + \\frac{\\sqrt5}{2}, -\\frac12 - \\frac{\\sqrt5}{2}'],
  ['\\begin{pmatrix} 2^3 & 1 \\end{pmatrix}', '\\begin{pmatrix} 8 & 1 \\end{pmatrix}'],
  ['2x + 4y - 3 = 0', 'y = -\\frac12 x + \\frac34'],
  ['\\frac{x^2}{4} + \\frac{y^2}{3} = 1', '3x^2 + 4y^2 = 12'],
  ['-x > -1', 'x < 1'],
  ['2x - 1 \\le 5', '(-\\infty, 3]'],
  ['2x + y < 3', '6 > 4x + 2y'],
  ['\\sqrt{12} \\text{ cm}', '2\\sqrt3'],
];

for (const [a, b] of same) {
  test(`by algebra ${a} is ${b}`, async t => t.true(await algebra.same(a, b)));
}

const different: ReadonlyArray<readonly [string, string]> = [
  ['3\\sqrt2', '2\\sqrt3'],
  ['x + y', 'x - y'],
  ['f(x + 1)', 'f x + f'],
  ['f(x)', 'f(y)'],
  ['listen 2', 'silent 2'],
  ['listen', 'silent'],
  ['\\frac{1}{2^{99}}', '\\frac{1}{2^{98}}'],
  ['\\frac{1}{2004!}', '\\frac{1}{2006!}'],
  ['10^{400}', '10^{401}'],
  ['(x + 1)^2 = 0', 'x + 1 = 0'],
  ['2x + y < 3', '2x + y > 3'],
  ['2x + y < 3', '2x + y \\le 3'],
  ['-x > -1', 'x < 2'],
  ['x < 1', 'x \\le 1'],
  ['x^2 < 1', 'x < 1'],
  ['\\{1, 1 + 1\\}', '\\{1, 3\\}'],
  ['(1, 2)', '(2, 1)'],
  ['1 2', '12'],
  ['1 2 + x', '12 + x'],
  ['1/3', '0.33'],
  ['\\sqrt{2}', '1.41'],
  ['\\text{no } 2', '\\text{on } 2'],
];

for (const [a, b] of different) {
  test(`by algebra ${a} is not ${b}`, async t => {
    t.false(await algebra.same(a, b));
    t.false(await algebra.same(b, a));
  });
}

test('among answers the comparer of algebra is at hand at once, for a vote', async t => {
  const answers = ['2\\sqrt3', '7', '\\sqrt{12}', null, '7.0', '\\sqrt{4 \\cdot 3}'];
  const same = await algebra.among(answers);
  const {answer, groups} = vote(
    answers.map(one => ({answer: one, score: 0})),
    {by: 'majority', same},
  );
  t.is(answer, '2\\sqrt3');
  t.deepEqual(
    groups.map(({members}) => members),
    [
      [0, 2, 5],
      [1, 4],
    ],
  );
  t.true(same('1/2', '0.5'), 'others are compared by rules');
});

test('a comparison that takes too long is undecided, and the next one is decided', async t => {
  await using hasty = await openAlgebra({timeLimit: 20_000});
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 20);
  const abort = new AbortController();
  const endless = hasty.same(nested(9), `${nested(9)} + 1`, {signal: abort.signal});
  // The event loop goes on meanwhile; else this would never end.
  while (ticks < 3) {
    await setTimeout(5);
  }

  abort.abort(new Error('enough'));
  await t.throwsAsync(endless, {message: 'enough'});
  clearInterval(ticking);
  t.true(await hasty.same('x + y', 'y + x'));
});

// Takes far longer to compare than anybody waits.
function nested(depth: number): string {
  return depth === 0 ? 'x + y + z + 1' : `(${nested(depth - 1)})^{7}`;
}

test('an abort gives up', async t => {
  const reason = new Error('mine');
  await t.throwsAsync(algebra.same('x + y', 'y + x', {signal: AbortSignal.abort(reason)}), {is: reason});
});

test('what is no answer, and no limit, is refused', async t => {
  await t.throwsAsync(algebra.same('5', 5 as never), {instanceOf: InvalidInputError, message: /not 5/});
  await t.throwsAsync(openAlgebra({timeLimit: 0}), {instanceOf: InvalidInputError, message: /timeLimit/});
});
