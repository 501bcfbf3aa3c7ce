import test from 'ava';
import {InvalidInputError} from '../../lib/errors/invalid-input-error.js';
import {openPair} from '../../lib/pair/open-pair.js';
import type {Pair} from '../../lib/pair/pair.js';
import {bestOf} from '../../lib/rank/best-of.js';
import {rankResponses} from '../../lib/rank/rank-responses.js';
import type {RankInput, RankOptions} from '../../lib/rank/rank-types.js';
import {scoreSteps} from '../../lib/score/score-steps.js';
import {arithmeticPair, exact} from '../helpers/pairs.js';

const prompt = 'Compute 11 - 3 - (7 * 3)';
const wrong =
  'Step 1: 7 * 3 = 11, so 11 - 3 - 11\n\nStep 2: 11 - 3 = 8, so 8 - 11\n\nStep 3: 8 - 11 = -3, so -3\n\nAnswer: -3';
const right =
  'Step 1: 7 * 3 = 21, so 11 - 3 - 21\n\nStep 2: 11 - 3 = 8, so 8 - 21\n\nStep 3: 8 - 21 = -13, so -13\n\nAnswer: -13';
const responses = [wrong, 'Step 1: 7 * 3 = 21', right, wrong];

let pair: Pair;
test.before(async () => {
  pair = await openPair({...arithmeticPair(), ...exact, gpu: false, threads: 1});
});
test.after.always(async () => {
  await pair.close();
});

test('the best response comes first, each with its place, answer and rewards', async t => {
  const ranked = await rankResponses(pair, {prompt, responses});
  const scored = await scoreSteps(pair, {prompt, responses});
  const scores = ranked.map(({score}) => score);
  t.deepEqual(
    scores,
    scores.toSorted((a, b) => b - a),
  );
  t.true(
    ranked.findIndex(({response}) => response === right) <
      ranked.findIndex(({response}) => response === wrong),
  );
  for (const {index, answer, response, score, steps} of ranked) {
    t.is(response, responses[index]!);
    t.is(answer, ['-3', null, '-13', '-3'][index]!);
    t.is(steps.length, scored[index]!.steps.length);
    t.true(Math.abs(score - scored[index]!.score) < 1e-4);
  }
});

test('equal responses stay in the order of the input', async t => {
  const ranked = await rankResponses(pair, {prompt, responses: Array(5).fill(wrong)});
  t.deepEqual(
    ranked.map(({index}) => index),
    [0, 1, 2, 3, 4],
  );
});

test('the first of a ranking is the best of it in any order', async t => {
  const ranked = await rankResponses(pair, {prompt, responses});
  t.is(bestOf(ranked), ranked[0]!);
  t.is(bestOf(ranked.toReversed()), ranked[0]!);
});

test('given answers are taken as they are', async t => {
  const answers = ['a', null, 'c', 'd'];
  const ranked = await rankResponses(pair, {prompt, responses, answers});
  t.true(ranked.every(({index, answer}) => answer === answers[index]));
});

test('another extractor may find the answers', async t => {
  const ranked = await rankResponses(pair, {prompt, responses}, {extractAnswer: /^Step (1)/m});
  t.deepEqual(ranked.map(({index, answer}) => [index, answer]).sort(), [
    [0, '1'],
    [1, '1'],
    [2, '1'],
    [3, '1'],
  ]);
});

test('the options of scoreSteps are passed on', async t => {
  const seen: number[] = [];
  const options: RankOptions = {aggregate: 'sum', beta: 2, onProgress: ({tokens}) => seen.push(tokens)};
  const ranked = await rankResponses(pair, {prompt, responses, complete: false}, options);
  const scored = await scoreSteps(pair, {prompt, responses, complete: false}, {aggregate: 'sum', beta: 2});
  t.true(ranked.every(({index, score}) => Math.abs(score - scored[index]!.score) < 1e-3));
  t.true(ranked.every(({score, reward}) => Math.abs(score - reward) < 1e-9));
  t.true(seen.length > 0);
});

test('an abort rejects with its reason', async t => {
  const reason = new Error('enough');
  const error = await t.throwsAsync(
    rankResponses(pair, {prompt, responses}, {signal: AbortSignal.abort(reason)}),
  );
  t.is(error, reason);
});

const refused: ReadonlyArray<readonly [string, object, object | undefined, RegExp]> = [
  ['no responses', {prompt, responses: []}, undefined, /responses in rankResponses' input.*\[\]/],
  ['one response', {prompt, response: right}, undefined, /responses in rankResponses' input/],
  ['no prompt', {responses}, undefined, /prompt in rankResponses' input: expected a prompt/],
  [
    'fewer answers than responses',
    {prompt, responses, answers: ['1']},
    undefined,
    /1 answers and 4 responses/,
  ],
  ['an answer that is none', {prompt, responses, answers: [1, 2, 3, 4]}, undefined, /answers\.0.*is 1/],
  ['a blank response', {prompt, responses: [right, ' ']}, undefined, /responses\.1/],
  ['an unknown extractor', {prompt, responses}, {extractAnswer: 'box'}, /'answer-line'.*'box'/],
  ['an unknown option', {prompt, responses}, {aggregat: 'sum'}, /aggregat/],
  ['an unknown aggregate', {prompt, responses}, {aggregate: 'max'}, /aggregate.*'max'/],
  ['options that are none', {prompt, responses}, [], /options/],
];

for (const [name, input, options, message] of refused) {
  test(`ranking refuses ${name}`, async t => {
    await t.throwsAsync(rankResponses(pair, input as RankInput, options as RankOptions), {
      instanceOf: InvalidInputError,
      message,
    });
  });
}
