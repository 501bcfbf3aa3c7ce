import test from 'ava';
import {InvalidInputError} from '../../../lib/errors/invalid-input-error.js';
import {evaluateBestOfN} from '../../../lib/eval/best-of-n/evaluate.js';
import {judgeAnswers} from '../../../lib/eval/best-of-n/judge-answers.js';
import {readProblem} from '../../../lib/eval/best-of-n/problem.js';
import {bestOfNTask} from '../../../lib/eval/best-of-n/task.js';
import {type Algebra, openAlgebra} from '../../../lib/rank/algebra/algebra.js';

let algebra: Algebra;
test.before(async () => {
  // No comparison takes that long; a busy machine may.
  algebra = await openAlgebra({timeLimit: 60_000});
});
test.after.always(() => algebra?.close());

const prompt = 'Compute 11 - 3 - (7 * 3)';
const read = (record: object) => readProblem(Buffer.from(JSON.stringify({prompt, ...record})), true);
const judge = async (record: object) => judgeAnswers(read(record), undefined, undefined);
const rights = async (record: object) => (await judge(record)).map(({correct}) => correct);

const cases: ReadonlyArray<readonly [string, unknown, readonly unknown[], readonly boolean[]]> = [
  ['a GSM8K solution', 'Work it out.\n#### -13', [{text: 'Answer: -13'}, {text: 'Answer: 3'}], [true, false]],
  [
    'an answer, the responses ending with ####',
    '-13',
    [{text: 'So -13.\n#### -13'}, {text: '#### 3'}],
    [true, false],
  ],
  ['a MATH solution with a box', 'We get \\boxed{-13}.', [{text: 'Answer: -13'}], [true]],
  ['a box in a sum', '10 + \\boxed{-13}', [{text: 'Answer: -13'}, {text: 'Answer: 3'}], [true, false]],
  ['a quantity with its unit', '-13\\text{ square units}', [{text: '\\boxed{-13}'}], [true]],
  ['a percentage', '13\\%', [{text: '\\boxed{13}'}, {text: '\\boxed{13\\%}'}], [true, true]],
  [
    'a percentage that is not whole',
    '12.5\\%',
    [{text: '\\boxed{12.5}'}, {text: '\\boxed{1/8}'}],
    [true, true],
  ],
  ['a number, and responses that are strings', -13, ['Answer: -13', 'Answer: 3'], [true, false]],
];

for (const [what, reference, responses, expected] of cases) {
  test(`a reference may be ${what}`, async t => {
    t.deepEqual(await rights({reference, responses}), expected);
    t.false(read({reference, responses}).unreadReference);
  });
}

test('a blank reference is refused', t => {
  for (const reference of ['', ' \n']) {
    t.throws(() => read({reference, responses: ['Answer: -13']}), {
      instanceOf: InvalidInputError,
      message: /reference is blank/,
    });
  }
});

test('a solution without an answer is counted, and so are responses without one', async t => {
  const record = {reference: 'First we add.\nThen we are glad.', responses: ['Answer: 1', 'Well.']};
  const problem = read(record);
  t.true(problem.unreadReference);
  const steps = [{reward: 1, q: 1}];
  const {unanswered, unreadReferences} = evaluateBestOfN([
    {
      candidates: (await judge(record)).map(one => ({...one, steps})),
      unreadReference: problem.unreadReference,
    },
    {candidates: [{answer: null, correct: false, steps}]},
  ]);
  t.is(unanswered, 2);
  t.is(unreadReferences, 1);
});

test('an extractor finds the answers, and belongs to the identity of a run', t => {
  const bytes = Buffer.from(JSON.stringify({prompt, reference: 5, responses: ['3 and 5']}));
  t.deepEqual(
    bestOfNTask({answer: 'last-number'})
      .read(bytes)
      .responses.map(({answer}) => answer),
    ['5'],
  );
  t.is(bestOfNTask({answer: /x/}).identity['--answer'], 'regex:x');
  t.is(bestOfNTask({}).identity['--answer'], 'left out');
  t.is(bestOfNTask({}).identity['--symbolic'], false);
});

test('by algebra more answers are right, and votes on them need none', async t => {
  const responses = ['\\boxed{\\sqrt{12}}', '\\boxed{2\\sqrt{3}}', '\\boxed{\\sqrt{3}}', 'Well.'];
  const problem = read({reference: '\\sqrt{4 \\cdot 3}', responses});
  t.deepEqual(await judgeAnswers(problem, undefined, undefined), [
    {answer: '\\sqrt{12}', correct: false},
    {answer: '2\\sqrt{3}', correct: false},
    {answer: '\\sqrt{3}', correct: false},
    {answer: null, correct: false},
  ]);
  t.deepEqual(await judgeAnswers(problem, algebra, undefined), [
    {answer: '\\sqrt{12}', correct: true},
    {answer: '\\sqrt{12}', correct: true},
    {answer: '\\sqrt{3}', correct: false},
    {answer: null, correct: false},
  ]);
  t.is(bestOfNTask({algebra}).identity['--symbolic'], true);
});

test('what a line says of a response counts, with algebra too', async t => {
  const responses = [
    {text: '\\boxed{1 + x}', correct: true},
    {text: '\\boxed{x + 1}', correct: false},
  ];
  t.deepEqual(await judgeAnswers(read({responses}), algebra, undefined), [
    {answer: '1 + x', correct: true},
    {answer: '1 + x', correct: false},
  ]);
});

test('a field that is missing is named with those that are there', t => {
  const read = (record: object) => readProblem(Buffer.from(JSON.stringify(record)), true);
  t.throws(() => read({problem: prompt, responses: ['1'], reference: 1}), {
    message:
      'the line has no "prompt": it has "problem", "responses", "reference"; if "problem" is what is meant, call it "prompt"',
  });
  t.throws(() => read({prompt, reference: 1}), {
    message: /has no "responses": it has "prompt", "reference"$/,
  });
  t.throws(() => read({prompt, reference: 1, responses: [{content: 'a'}]}), {
    message:
      /^responses\.0 in the line has no "text": it has "content"; if "content" is what is meant, call it "text"$/,
  });
});
