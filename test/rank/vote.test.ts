import test from 'ava';
import fc from 'fast-check';
import {InvalidInputError} from '../../lib/errors/invalid-input-error.js';
import {bestOf} from '../../lib/rank/best-of.js';
import {vote} from '../../lib/rank/vote.js';
import type {AnsweredResponse, VoteOptions} from '../../lib/rank/vote-types.js';
import {sigmoid} from '../../lib/reward/sigmoid.js';

const rules = ['majority', 'weighted', 'best'] as const;
const responses = [
  {answer: '1', score: -3},
  {answer: '0.5', score: 2},
  {answer: '1.0', score: -2},
  {answer: null, score: 9},
  {answer: '7', score: 0},
  {answer: '\\frac12', score: -1},
  {answer: '$1$', score: -4},
];

test('the majority counts votes', t => {
  t.deepEqual(vote(responses, {by: 'majority'}), {
    answer: '1',
    weight: 3,
    groups: [
      {answer: '1', count: 3, weight: 3, members: [0, 2, 6]},
      {answer: '0.5', count: 2, weight: 2, members: [1, 5]},
      {answer: '7', count: 1, weight: 1, members: [4]},
    ],
  });
});

test('a weighted vote adds up the probabilities that the responses are right', t => {
  const {answer, weight, groups} = vote(responses, {by: 'weighted'});
  t.is(answer, '0.5');
  t.is(weight, sigmoid(-1) + sigmoid(2));
  t.deepEqual(
    groups.map(group => group.answer),
    ['0.5', '7', '1'],
  );
});

test('the best vote takes the answer of the response with the highest score that has one', t => {
  const {answer, weight, groups} = vote(responses, {by: 'best'});
  t.is(answer, '0.5');
  t.is(weight, 2);
  t.deepEqual(
    groups.map(group => group.weight),
    [2, 0, -2],
  );
});

test('of equal answers the one seen first wins', t => {
  const tied = ['b', 'a', 'a', 'b'].map(answer => ({answer, score: 0.3}));
  for (const by of rules) {
    const {answer, groups} = vote(tied, {by});
    t.is(answer, 'b');
    t.deepEqual(
      groups.map(({members}) => members),
      [
        [0, 3],
        [1, 2],
      ],
    );
  }
});

test('no answer wins if no response has one', t => {
  for (const by of rules) {
    t.deepEqual(vote([{answer: null, score: 1}], {by}), {answer: null, weight: 0, groups: []});
  }
});

test('the weight of a vote may be another', t => {
  const {answer, weight} = vote(responses, {by: 'weighted', weight: score => (score === -4 ? 100 : 0)});
  t.is(answer, '1');
  t.is(weight, 100);
});

test('the comparer may be another', t => {
  const {answer, groups} = vote(responses, {by: 'majority', same: (a, b) => a === b});
  t.is(answer, '1');
  t.is(groups.length, 6);
});

test('a response joins the first group whose first member has the same answer', t => {
  const near = (a: string, b: string) => Math.abs(Number(a) - Number(b)) <= 1;
  const {groups} = vote(
    ['1', '2', '3', '4'].map(answer => ({answer, score: 0})),
    {by: 'majority', same: near},
  );
  t.deepEqual(
    groups.map(({members}) => members),
    [
      [0, 1],
      [2, 3],
    ],
  );
});

test('responses with an index vote as in the order of the input, and are named by it', t => {
  const placed = responses.map((response, index) => ({...response, index: 10 * index}));
  for (const by of rules) {
    const expected = vote(placed, {by});
    t.deepEqual(vote(placed.toReversed(), {by}), expected);
    t.deepEqual(
      expected.groups.map(({members}) => members.map(member => member / 10)),
      vote(responses, {by}).groups.map(({members}) => members),
    );
  }
});

test('other fields, and an index that is undefined, are no trouble', t => {
  const wide = responses.map(response => ({...response, index: undefined, steps: []}));
  t.deepEqual(vote(wide, {by: 'majority'}), vote(responses, {by: 'majority'}));
});

const response = fc.record({
  answer: fc.option(fc.constantFrom('1', '1.0', '2', '1/2', '0.5', 'x', 'y')),
  score: fc.double({min: -20, max: 20, noNaN: true}),
});

test('every response with an answer is in one group, and the weights add up', t => {
  fc.assert(
    fc.property(fc.array(response, {minLength: 1}), fc.constantFrom(...rules), (scored, by) => {
      const {groups, answer, weight} = vote(scored, {by});
      const answered = scored.flatMap((one, index) => (one.answer === null ? [] : [index]));
      t.deepEqual(
        groups.flatMap(({members}) => members).sort((a, b) => a - b),
        answered,
      );
      t.true(groups.every(({count, members}) => count === members.length));
      t.true(groups.every((group, index) => group.weight <= (groups[index - 1]?.weight ?? Infinity)));
      t.deepEqual([answer, weight], groups[0] ? [groups[0].answer, groups[0].weight] : [null, 0]);
      const total = groups.reduce((sum, group) => sum + group.weight, 0);
      const votes = answered.map(index => (by === 'majority' ? 1 : sigmoid(scored[index]!.score)));
      t.true(by === 'best' || Math.abs(total - votes.reduce((sum, one) => sum + one, 0)) < 1e-9);
    }),
  );
});

test('the order of responses with distinct scores changes no weight, and no winner but of a tie', t => {
  const shuffled = fc
    .uniqueArray(response, {minLength: 1, selector: ({score}) => score})
    .chain(scored => fc.tuple(fc.constant(scored), fc.shuffledSubarray(scored, {minLength: scored.length})));
  fc.assert(
    fc.property(shuffled, fc.constantFrom(...rules), ([scored, other], by) => {
      const same = (a: string, b: string) => a === b;
      const weightsOf = (list: AnsweredResponse[]) =>
        Object.fromEntries(vote(list, {by, same}).groups.map(({answer, weight}) => [answer, weight]));
      t.deepEqual(weightsOf(other), weightsOf(scored));
      const {answer, groups} = vote(scored, {by, same});
      t.true(groups[0]?.weight === groups[1]?.weight || vote(other, {by, same}).answer === answer);
    }),
  );
});

test('the order of a group changes no digit of its weight, and so no winner', t => {
  // 0.1 + 0.2 + 0.3 is more than 0.3 + 0.2 + 0.1 in floating point, unless both are added up in one order.
  const groups = [
    ['a', [0.1, 0.2, 0.3]],
    ['b', [0.3, 0.2, 0.1]],
  ] as const;
  for (const [first, second] of [groups, groups.toReversed()] as (typeof groups)[]) {
    const scored = [first, second].flatMap(([answer, scores]) => scores.map(score => ({answer, score})));
    const result = vote(scored, {by: 'weighted', weight: score => score});
    t.is(result.answer, first[0], 'a tie, which the answer seen first wins');
    t.is(result.groups[0]!.weight, result.groups[1]!.weight);
  }
});

test('the best vote and the best response agree', t => {
  const answered = fc.uniqueArray(
    response.filter(({answer}) => answer !== null),
    {minLength: 1, selector: ({score}) => score},
  );
  fc.assert(
    fc.property(answered, scored => {
      const {groups} = vote(scored, {by: 'best'});
      t.true(groups[0]!.members.includes(scored.indexOf(bestOf(scored))));
    }),
  );
});

const wrong: ReadonlyArray<readonly [string, unknown, unknown, RegExp]> = [
  ['no responses', [], {by: 'best'}, /vote's responses.*\[\]/],
  [
    'a score that is NaN',
    [{answer: '1', score: Number.NaN}],
    {by: 'best'},
    /0\.score in vote's responses.*NaN/,
  ],
  ['a score that is missing', [{answer: '1'}], {by: 'best'}, /0\.score.*undefined/],
  ['an answer that is missing', [{score: 1}], {by: 'best'}, /0\.answer.*undefined/],
  ['an answer that is a number', [{answer: 1, score: 1}], {by: 'best'}, /0\.answer.*is 1/],
  ['an unknown rule', responses, {by: 'mean'}, /"majority"\|"weighted"\|"best".*'mean'/],
  ['no rule', responses, {}, /by in vote's options.*undefined/],
  ['no options', responses, undefined, /vote's options.*undefined/],
  ['an unknown option', responses, {by: 'best', equal: 1}, /equal/],
  ['a comparer that is none', responses, {by: 'best', same: 'x'}, /same in vote's options.*function.*'x'/],
  ['a comparer that promises', responses, {by: 'best', same: async () => true}, /true or false.*Promise/],
  ['a weight that is none', responses, {by: 'weighted', weight: 2}, /weight in vote's options.*function.*2/],
  ['a weight of NaN', responses, {by: 'weighted', weight: () => Number.NaN}, /NaN for the score/],
  [
    'a weight under another rule',
    responses,
    {by: 'best', weight: Math.abs},
    /weight in vote's options.*weighted/,
  ],
  [
    'two responses with one index',
    [0, 0].map(index => ({answer: '1', score: 1, index})),
    {by: 'best'},
    /two have 0/,
  ],
  ['an index on some only', [responses[0], {...responses[1], index: 0}], {by: 'best'}, /only some/],
  ['an index that is no place', [{answer: '1', score: 1, index: -1}], {by: 'best'}, /0\.index.*-1/],
];

for (const [name, scored, options, message] of wrong) {
  test(`a vote refuses ${name}`, t => {
    t.throws(() => vote(scored as AnsweredResponse[], options as VoteOptions), {
      instanceOf: InvalidInputError,
      message,
    });
  });
}

test('a hundred thousand votes are no trouble', t => {
  const many = Array.from({length: 1e5}, (_, index) => ({answer: `${index}/2`, score: -index}));
  t.is(vote(many, {by: 'best'}).groups.length, 1e5);
});
