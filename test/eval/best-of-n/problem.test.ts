import test from 'ava';
import {InvalidInputError} from '../../../lib/errors/invalid-input-error.js';
import {evaluateBestOfN} from '../../../lib/eval/best-of-n/evaluate.js';
import {readProblem} from '../../../lib/eval/best-of-n/problem.js';
import {bestOfNTask} from '../../../lib/eval/best-of-n/task.js';

const prompt = 'Compute 11 - 3 - (7 * 3)';
const read = (record: object) => readProblem(Buffer.from(JSON.stringify({prompt, ...record})), true);
const rights = (record: object) => read(record).responses.map(({correct}) => correct);

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
  test(`a reference may be ${what}`, t => {
    t.deepEqual(rights({reference, responses}), expected);
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

test('a solution without an answer is counted, and so are responses without one', t => {
  const problem = read({reference: 'First we add.\nThen we are glad.', responses: ['Answer: 1', 'Well.']});
  t.true(problem.unreadReference);
  const steps = [{reward: 1, q: 1}];
  const {unanswered, unreadReferences} = evaluateBestOfN([
    {
      candidates: problem.responses.map(({answer, correct}) => ({answer, correct, steps})),
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
      .responses.map(({answer, correct}) => [answer, correct]),
    [['5', true]],
  );
  t.is(bestOfNTask({answer: /x/}).identity['--answer'], 'regex:x');
  t.is(bestOfNTask({}).identity['--answer'], 'left out');
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
