import test from 'ava';
import fc from 'fast-check';
import {InvalidInputError} from '../../../lib/errors/invalid-input-error.js';
import {sameAnswer} from '../../../lib/rank/equality/same-answer.js';
import {cpuTimeOf} from '../../helpers/cpu-time.js';
import {readData} from '../../helpers/golden.js';

interface EqualityCase {
  kind: string;
  a: string;
  b: string;
  same: boolean;
  /** What only a computer algebra library can tell. */
  by?: 'algebra';
}

for (const {kind, a, b, same, by} of readData<EqualityCase>('answer-equality.jsonl')) {
  test(`${kind}: ${a} is ${by ? 'by rules alone not ' : same ? '' : 'not '}${b}`, t => {
    t.is(sameAnswer(a, b), same && !by);
    t.is(sameAnswer(b, a), same && !by);
  });
}

const same: ReadonlyArray<readonly [string, ...string[]]> = [
  [
    '1/2',
    '0.5',
    '.5',
    '0.50',
    '\\frac{1}{2}',
    '\\frac12',
    '\\dfrac{2}{4}',
    '\\tfrac 12',
    '2/4',
    '5e-1',
    '-1/-2',
  ],
  ['1000', '1e3', '1,000', '1{,}000', '1\\,000', '1\\times 10^{3}', '$1000$', '1000.'],
  [
    '3',
    '3.0',
    '+3',
    '003',
    '6/2',
    '\\(3\\)',
    '\\[ 3 \\]',
    '\\boxed{3}',
    '(3)',
    '{3}',
    '\\text{3}',
    '\\$3',
    '3.',
  ],
  ['0', '-0', '0.0', '-0/5', '0e10'],
  ['-1/2', '-0.5', '\u22121/2', '-\\frac{1}{2}', '\\frac{-1}{2}', '\\frac{1}{-2}', '- 1/2'],
  ['3/2', '1 1/2', '1\\frac12', '1 \\frac{1}{2}', '1.5'],
  ['1/3', '0.\\overline{3}', '\\frac{0.5}{1.5}'],
  ['10080', '10,\\!080', '10,080.00'],
  ['1e30', `1${'0'.repeat(30)}`, '1\\cdot10^{30}', '1 \\times 10^30'],
  [
    '50',
    '50%',
    '50\\%',
    '50.0 %',
    '$50\\%$',
    '100/2%',
    '50 percent',
    '50 \\text{ pct}',
    '50 percentage points',
  ],
  ['1/8', '0.125', '12.5%'],
  ['90', '90^\\circ', '90^{\\circ}', '90°', '90 ^ { \\circ }', '90\\degree'],
  ['(1, 2)', '(1,2)', '\\left( 1 , \\frac{4}{2} \\right)', '$(1.0, 2)$', '\\big(1,2\\big)'],
  ['(1,234)', '(1, 234)'],
  ['90', '90 degrees', 'x = 90^\\circ', '\\angle ABC = 90^\\circ', '90 \\text{ degrees}'],
  ['6120', '6{,}120', '6 {, } 120', '6,\\!120', '6 120', '6\\,120', '6\u202f120', '\\mathbf{6,120}'],
  [
    '5',
    'x = 5',
    '5 = x',
    'x = 2 + 3 = 5',
    'f(2) = 5',
    'AB = 5',
    'a_{3} = 5',
    '|AB| = 5',
    'x \\approx 5',
    '5 \\text{ km/h}',
  ],
  [
    '5',
    '5 km',
    '5 square units',
    '5 apples',
    '5 miles per hour',
    '5 m/s',
    '5\\text{ m}^2',
    '\\$5',
    '5€',
    '\\textbf{5}',
  ],
  ['5000000', '5 million', '5 \\text{ million}'],
  ['7:32', 'a : b = 7:32'],
  [
    '[5, \\infty)',
    'x \\ge 5',
    '5 \\le x',
    'x >= 5',
    'x \\in [5, \\infty)',
    'x ≥ 5',
    '[5, +\\infty)',
    'x \\geqslant 5',
  ],
  ['(-1, 10]', '-1 < x \\le 10', '10 \\geq x > -1', '-1 < f(x) \\leq 10'],
  ['x < 1 \\text{ or } x > 2', '(2, \\infty) \\cup (-\\infty, 1)', 'x > 2 or x < 1'],
  [
    '2, 3',
    '\\{3, 2\\}',
    '2 and 3',
    '2 \\text{ or } 3',
    'x = 2, x = 3',
    'x=2\\text{ and }x=3',
    '2; 3',
    '2,3.',
  ],
  ['(1, 2), (3, 4)', '(3,4),(1,2)', '(1, 2) and (3, 4)', '(3,4)or(1,2)', 'x=1,y=2;x=3,y=4', '(1;2),(3;4)'],
  ['\\{1 + \\sqrt5, 1 - \\sqrt5, 2\\}', '1 \\pm \\sqrt{5}, 2', '\\{2, 1\\pm\\sqrt5\\}'],
  [
    '\\begin{pmatrix} 1 & 1/2 \\\\ 3 & 4 \\end{pmatrix}',
    '\\begin{bmatrix}1&0.5\\\\3&4\\\\\\end{bmatrix}',
    '\\left[\\begin{array}{cc} 1 & \\frac12 \\\\ 3 & 4 \\end{array}\\right]',
  ],
  ['2/3', '0.667', '0.66667', '\\frac23'],
  ['\\frac{\\pi}{2}', 'π/2', '1.570796'],
  ['\\sqrt{2}', '√2', '1.414214'],
  ['C', '(C)', '\\text{(C)}', '(C) 17', 'C. 17', '\\textbf{(C)}\\ 17'],
  ['x \\ne 3', 'x != 3', 'x ≠ 3', 'x \\neq 3'],
  ['\\emptyset', '\\varnothing', '∅'],
  ['16:00', '\\text{16:00}'],
  ['4:30', '4:30 p.m.', '\\text{4:30 p.m.}', '4:30 \\text{ PM}', '4:30pm'],
  ['1, 2', '1,2', '1.0,\\;2'],
  ['[0, 1)', '\\left[0,1\\right)', '[0.0,\\,1)'],
  ['\\{1, 2\\}', '\\{2, 1\\}', '{1,2,2}', '\\left\\{ 1,2 \\right\\}', '\\lbrace 1, 4/2 \\rbrace'],
  ['((1,2),(3,4))', '((1, 2), (3, 8/2))'],
  ['Yes', 'yes', '\\text{Yes}', '\\textbf{ yes }.', 'YES'],
  ['New York', 'new  york', '\\text{New York}', '\\mathrm{New\\ York}'],
  ['x^2+1', 'x^{2} + 1', '$x^2 + 1$'],
  ['\\sqrt{2}', '\\sqrt2', '\\sqrt 2'],
  ['\\sqrt{x}', '\\sqrt x'],
  ['2\\pi', '2 \\pi'],
  ['5 \\text{ cm}', '5 cm', '5cm', '5\\,\\mathrm{cm}'],
  ['\\frac{a+b}{c}', '\\dfrac{a + b}c', '(a+b)/c'],
  ['\\frac{x}{2}', '\\frac x2', 'x/2'],
];

for (const [first, ...others] of same) {
  test(`the answer ${first} may be written ${others.join('   ')}`, t => {
    for (const other of others) {
      t.true(sameAnswer(first, other), other);
    }
  });
}

const different: ReadonlyArray<readonly [string, string]> = [
  ['50%', '0.5'],
  ['5%', '0.05'],
  ['1/3', '0.33'],
  ['1/3', '0.334'],
  ['0.3', '0.333'],
  ['\\pi', '3.14'],
  ['\\pi', '3.1416'],
  ['1000.001', '1000.002'],
  ['9007199254740993', '9007199254740992'],
  ['1e-400', '0'],
  ['1 1/2', '11/2'],
  ['1 2', '12'],
  ['\\frac{1}{2}3', '1/23'],
  ['2+3', '5'],
  ['1/0', '2/0'],
  ['--1', '1'],
  ['1,234', '1, 234'],
  ['1,23', '123'],
  ['(1, 2)', '(2, 1)'],
  ['(1, 2)', '[1, 2]'],
  ['(1, 2)', '1, 2'],
  ['(1, 2)', '(1, 2, 3)'],
  ['\\{5\\}', '5'],
  ['5 cm', '6 cm'],
  ['5 million', '5'],
  ['5 squared', '5'],
  ['3 dozen', '3'],
  ['2 thirds', '2'],
  ['2 pi', '2'],
  ['2 sin x', '2'],
  ['5 x', '5'],
  ['2 ab', '2'],
  ['3\\mathrm{e}', '3'],
  ['3\\text{i}', '3'],
  ['4:30 p.m.', '4:30 a.m.'],
  ['4:30 p.m.', '5:30 p.m.'],
  ['4:30', '4'],
  ['12:00', '1:00'],
  ['2 or 3', '2'],
  ['3 to 5', '3'],
  ['A', 'a'],
  ['\\pi r', '\\pir'],
  ['\\sqrt x', '\\sqrtx'],
  ['x^{10}', 'x^10'],
  ['x = 5', '6'],
  ['x + y = 5', '5'],
  ['x^2 = 4', '4'],
  ['7 = 11a + c', '11a + c'],
  ['2x + z = 1', '1'],
  ['x \\ge 5', 'x > 5'],
  ['x < 5', '5 < x'],
  ['x \\ne 3', 'x = 3'],
  ['(0, 1) \\cup (2, 3)', '(0, 1)'],
  ['(0, 1) \\cup (2, 3)', '(0, 1), (2, 3)'],
  ['\\{1, 2\\}', '[1, 2]'],
  ['\\pm 4', '4'],
  ['1, 2', '1, 2, 3'],
  ['101_2', '101'],
  ['101_2', '101_3'],
  ['19_2', '19'],
  ['\\begin{vmatrix} 1 & 2 \\\\ 3 & 4 \\end{vmatrix}', '\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}'],
  ['\\begin{pmatrix} 1 & 2 \\end{pmatrix}', '\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}'],
  ['(A) 3', '(B) 3'],
  ['$', ''],
  ['$', '.'],
];

for (const [a, b] of different) {
  test(`the answer ${a} is not ${b}`, t => {
    t.false(sameAnswer(a, b));
    t.false(sameAnswer(b, a));
  });
}

const odd = [
  '',
  ' ',
  '\\',
  '\\\\',
  '{',
  '}',
  '(',
  ')',
  ',',
  ',,',
  '(,)',
  '()',
  '-',
  '+',
  '/',
  '1/',
  '/1',
  '%',
  '.',
  '...',
].concat([
  '$',
  '\\frac',
  '\\frac{',
  '\\frac{}{}',
  '\\text',
  '\\text{',
  '\\{',
  '1e',
  'e1',
  '1e99999',
  '\ud800',
  '\0',
  '\\left(',
  '0/0',
]);

test('odd text is the same as itself, and comparing it throws nothing', t => {
  for (const a of odd) {
    for (const b of odd) {
      t.is(sameAnswer(a, b), sameAnswer(b, a));
    }

    t.true(sameAnswer(a, a));
  }
});

const piece = fc.oneof(
  fc.constantFrom(...odd, ...same.flat(), ',', ' ', '^', '_', '\\pi', '\\,', '\\right', 'x', 'yes'),
  fc.integer().map(String),
  fc.double({noDefaultInfinity: true, noNaN: true}).map(String),
  fc.string({unit: 'binary'}),
);
const answer = fc.array(piece, {maxLength: 5}).map(pieces => pieces.join(''));

test('every answer is the same as itself', t => {
  fc.assert(fc.property(answer, a => t.true(sameAnswer(a, ` ${a}`) && sameAnswer(a, a))));
});

test('an answer is the same as another whichever comes first, and as a third if that is the same as the other', t => {
  fc.assert(
    fc.property(answer, answer, answer, (a, b, c) => {
      t.is(sameAnswer(a, b), sameAnswer(b, a));
      t.true(!(sameAnswer(a, b) && sameAnswer(b, c)) || sameAnswer(a, c));
    }),
  );
});

test('a fraction is the same in every notation and in any terms', t => {
  const whole = fc.bigInt(-(10n ** 30n), 10n ** 30n);
  const positive = fc.bigInt(1n, 10n ** 30n);
  fc.assert(
    fc.property(whole, positive, positive, (n, d, factor) => {
      t.true(sameAnswer(`${n}/${d}`, `\\frac{${n * factor}}{${d * factor}}`));
      t.true(sameAnswer(`$${n}/${d}$`, `-\\dfrac{${-n}}{${d}}`));
      t.false(sameAnswer(`${n}/${d}`, `${n * factor + 1n}/${d * factor}`));
    }),
  );
});

test('whole numbers are the same with and without commas, point and exponent', t => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 40n), 10n ** 40n), n => {
      t.true(sameAnswer(`${n}`, n.toLocaleString('en-US')));
      t.true(sameAnswer(`${n}.000`, `${n * 100n}e-2`));
      t.false(sameAnswer(`${n}`, `${n + 1n}`));
    }),
  );
});

test('numbers of up to 1,000 characters are compared as numbers, longer ones as texts', t => {
  const long = '7'.repeat(990);
  t.true(sameAnswer(`${long}.0`, long));
  t.false(sameAnswer(`${long}${long}.0`, long + long));
  t.true(sameAnswer(long + long, `$${long}${long}$`));
});

test('brackets nested deeper than any answer are no trouble', t => {
  const deep = `${'('.repeat(1e5)}1${')'.repeat(1e5)}`;
  t.true(sameAnswer(deep, `${deep}.`));
  t.false(sameAnswer(deep, '1'));
  const shallow = `${'('.repeat(20)}1${')'.repeat(20)}`;
  t.true(sameAnswer(shallow, `$${shallow}$`));
});

test('a megabyte of anything is no trouble', t => {
  const units = [
    '{',
    '}',
    '\\',
    '$',
    '.',
    ' ',
    '1',
    '1,',
    '(',
    '\\{',
    '\\text{',
    'a',
    'a ',
    '{a}',
    '\\frac',
    '1\\,',
    '😀',
    '^ ',
  ];
  for (const unit of units) {
    const text = unit.repeat(1e6 / unit.length);
    const time = cpuTimeOf(() => t.false(sameAnswer(`${text}y`, `(${text})`)));
    t.true(time < 20_000, JSON.stringify(unit));
  }
});

test('what is no string is refused', t => {
  const error = t.throws(() => sameAnswer('5', 5 as never), {instanceOf: InvalidInputError});
  t.regex(error.message, /not 5/);
});
