import test from 'ava';
import fc from 'fast-check';
import {InvalidInputError} from '../../lib/index.js';
import {collectPrompts} from '../../lib/train/data/collect-prompts.js';
import {epochBatches} from '../../lib/train/data/epoch-batches.js';
import {microBatches, tokensOfMicroBatch} from '../../lib/train/data/micro-batches.js';
import {promptKey} from '../../lib/train/data/prompt-key.js';
import {splitPrompts} from '../../lib/train/data/split-prompts.js';
import {tokenisePrompts} from '../../lib/train/data/tokenise-prompts.js';
import {trainingRecord} from '../../lib/train/data/training-record.js';
import type {TrainingExample} from '../../lib/train/data/training-set.js';
import {unitsOf} from '../../lib/train/data/training-units.js';
import {balancedWeights} from '../../lib/train/loop/class-weights.js';
import {learningRateAt} from '../../lib/train/loop/learning-rate.js';
import {findObjective} from '../../lib/train/objectives/find-objective.js';
import type {ObjectiveName} from '../../lib/train/objectives/objective.js';
import {placed} from './bigram-data.js';
import {byteTokeniser} from './bigram-trainer.js';

const one = (value: unknown) => trainingRecord(value, 'data.jsonl:1').responses[0]!;

async function setOf(records: unknown[], name: ObjectiveName = 'ce', maxLength = 200) {
  const objective = findObjective(name);
  return tokenisePrompts(byteTokeniser.tokeniser, await collectPrompts(placed(records), objective), {
    objective,
    maxLength,
  });
}

test('a record is one response or several, labelled by a flag, by a reference, or by its first wrong step', t => {
  t.is(one({prompt: 'p', response: 'Answer: 4', correct: true}).correct, true);
  t.is(one({prompt: 'p', response: 'Answer: 4', correct: 0}).correct, false);
  t.is(one({problem: 'p', response: 'Answer: 4', reference: '4'}).correct, true);
  t.is(one({question: 'p', response: 'Answer: 5', reference: 4}).correct, false);
  t.is(one({prompt: 'p', response: 'Answer: 4'}).correct, null);
  t.is(one({prompt: 'p', responses: [{text: 'a', correct: true, complete: false}]}).complete, false);
  t.is(one({prompt: 'p', complete: false, responses: ['a']}).complete, false);
  t.like(one({problem: 'p', steps: ['a', 'b'], label: 1, final_answer_correct: false}), {
    text: 'a\n\nb',
    correct: false,
    solution: {label: 1},
  });
  t.deepEqual(trainingRecord({messages: [{role: 'user', content: 'p'}], responses: []}, 'x').prompt, [
    {role: 'user', content: 'p'},
  ]);
});

test('what is no record is refused by name', t => {
  const refused = (value: unknown, message: RegExp) =>
    t.throws(() => one(value), {instanceOf: InvalidInputError, message});
  refused({response: 'a', correct: true}, /^data\.jsonl:1 has no "prompt"/u);
  refused(
    {prompt: 'p', correct: true},
    /^data\.jsonl:1 has no "responses" or "response" or "steps": it has "prompt", "correct"$/u,
  );
  refused({prompt: 'p', response: 'a', correct: 'yes'}, /^correct in data\.jsonl:1: expected true or false/u);
  refused({prompt: 'p', steps: ['a'], label: 1, correct: true}, /"label" of data\.jsonl:1/u);
  refused('p', /^data\.jsonl:1 has to be an object of JSON, not 'p'$/u);
  refused(
    {instruction: 'p', output: 'a'},
    /no "prompt" or "messages" or "problem" or "question": it has "instruction", "output"; if "instruction" is .* "prompt"$/u,
  );
  refused(
    {question: 'p', answer: '4'},
    /it has "question", "answer"; if "answer" is .*, call it "response"$/u,
  );
  refused({prompt: 'p', response: 'a', responses: ['b']}, /has "responses" and "response": leave one/u);
  refused({prompt: 'p', responses: [{output: 'a'}]}, /responses/u);
});

test('responses are brought together by prompt, and what cannot be used is counted by reason', async t => {
  const records = [
    {
      prompt: 'one',
      responses: [
        {text: 'a', correct: true},
        {text: 'b', correct: false},
        {text: 'a', correct: true},
      ],
    },
    {prompt: ' one\n', response: 'c', correct: false},
    {
      prompt: 'two',
      responses: [
        {text: 'a', correct: true},
        {text: 'a', correct: false},
        {text: 'd', correct: true},
      ],
    },
    {
      prompt: 'three',
      responses: [{text: 'a'}, {text: ' ', correct: true}, {text: 'a'.repeat(300), correct: true}],
    },
    {prompt: [{role: 'user', content: 'two'}], response: 'e', correct: true},
  ];
  const {examples, groups, unused, records: count} = await setOf(records);
  t.is(count, 5);
  t.deepEqual(
    groups.map(group => group.map(index => examples[index]!.text)),
    [
      ['a', 'b', 'c'],
      ['d', 'e'],
    ],
  );
  t.deepEqual(unused, {duplicate: 1, contradictory: 2, unlabelled: 1, empty: 1, tooLong: 1});
  t.deepEqual((await setOf(records, 'dpo')).unused, {...unused, unpaired: 2});
  t.deepEqual((await setOf(records, 'sft')).unused, {
    duplicate: 1,
    contradictory: 2,
    empty: 1,
    tooLong: 1,
    wrong: 2,
  });
});

test('pairs are each right response with each wrong one of the prompt', async t => {
  const set = await setOf(
    [{prompt: 'p', responses: ['a', 'b', 'c', 'd'].map((text, index) => ({text, correct: index < 1}))}],
    'nca',
  );
  t.deepEqual(unitsOf(set, 0, findObjective('nca')), [
    [0, 1],
    [0, 2],
    [0, 3],
  ]);
  t.deepEqual(unitsOf(set, 0, findObjective('ce')), [[0], [1], [2], [3]]);
});

test('prompts that differ in white space only are one', t => {
  t.is(promptKey('a  b\n'), promptKey(' a b'));
  t.is(promptKey('a b'), promptKey([{role: 'user', content: 'a\tb'}]));
  t.not(promptKey('ab'), promptKey('a b'));
  t.not(promptKey('a'), promptKey([{role: 'system', content: 'a'}]));
  t.not(promptKey('a'), promptKey({raw: 'a'}));
});

test('a prompt is learned from or held out, never both, and both sides have one', t => {
  fc.assert(
    fc.property(
      fc.integer({min: 2, max: 50}),
      fc.double({min: 0.01, max: 0.99, noNaN: true}),
      fc.nat(),
      (count, share, seed) => {
        const groups = Array.from({length: count}, () => [0]);
        const {training, heldOut} = splitPrompts({groups}, {share, seed});
        const all = [...training, ...heldOut].toSorted((a, b) => a - b);
        return (
          training.length > 0 &&
          heldOut.length > 0 &&
          all.every((group, index) => group === index) &&
          all.length === count
        );
      },
    ),
  );
  t.deepEqual(splitPrompts({groups: [[0], [1]]}, {share: 0, seed: 1}), {training: [0, 1], heldOut: []});
});

test('an epoch has each unit once, in batches of nearly one size, prompts together', t => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({min: 1, max: 6}), {minLength: 1, maxLength: 30}),
      fc.integer({min: 1, max: 9}),
      (sizes, size) => {
        let next = 0;
        const units = sizes.map(length => Array.from({length}, () => [next++] as const));
        const batches = epochBatches(units, size, {seed: 3, epoch: 1});
        const lengths = batches.map(({length}) => length);
        const order = batches.flat().map(([unit]) => unit);
        const ownerOf = units.flatMap((group, owner) => group.map(() => owner));
        const changes = order.filter(
          (unit, index) => index > 0 && ownerOf[unit] !== ownerOf[order[index - 1]!],
        );
        return (
          order.toSorted((a, b) => a - b).every((unit, index) => unit === index) &&
          Math.max(...lengths) <= size &&
          Math.max(...lengths) - Math.min(...lengths) <= 1 &&
          changes.length === sizes.length - 1
        );
      },
    ),
  );
  const many = Array.from({length: 20}, (_, index) => [[index] as const]);
  const orderOf = (seed: number, epoch: number) => epochBatches(many, 20, {seed, epoch}).flat(2);
  t.deepEqual(orderOf(1, 0), orderOf(1, 0));
  t.notDeepEqual(orderOf(1, 0), orderOf(1, 1));
  t.notDeepEqual(orderOf(1, 1), orderOf(2, 0));
});

test('micro-batches have every example once and hold what they may, a shared prompt counted once', t => {
  const shapes = fc.array(
    fc.record({
      prompt: fc.integer({min: 1, max: 20}),
      own: fc.array(fc.integer({min: 1, max: 15}), {minLength: 1, maxLength: 5}),
    }),
    {minLength: 1, maxLength: 8},
  );
  const holds = () =>
    fc.assert(
      fc.property(shapes, fc.integer({min: 36, max: 80}), (groups, most) => {
        const examples = groups.flatMap(({prompt, own}, group) =>
          own.map((length, index) => {
            const tokens = Int32Array.from({length: prompt + length}, (_, at) =>
              at < prompt ? group : 1000 + index,
            );
            return {tokens, from: prompt, group} as TrainingExample;
          }),
        );
        const batches = microBatches(examples, [...examples.keys()], most);
        return (
          batches.flat().every((member, index) => member === index) &&
          batches.flat().length === examples.length &&
          batches.every(batch => tokensOfMicroBatch(batch.map(member => examples[member]!)) <= most)
        );
      }),
    );
  t.notThrows(holds);
});

test('balanced weights make right and wrong count alike, one on average', t => {
  const examples = [true, false, false, false].map(correct => ({correct}));
  const units = examples.map((_, index) => [index] as const);
  t.deepEqual(balancedWeights(examples, units), {right: 2, wrong: 2 / 3});
  t.deepEqual(balancedWeights(examples, [[1], [2]]), {right: 1, wrong: 1});
  t.deepEqual(balancedWeights(examples, [[0, 1]]), {right: 1, wrong: 1});
});

test('the learning rate rises, and falls as half a cosine', t => {
  const at = (step: number, decay: 'cosine' | 'constant' = 'cosine') =>
    learningRateAt(step, 100, {learningRate: 2, warmup: 0.1, decay});
  t.is(at(0), 0.2);
  t.is(at(9), 2);
  t.is(at(10), 2);
  t.true(Math.abs(at(55) - 1) < 1e-12);
  t.true(at(99) > 0 && at(99) < 0.001);
  t.is(at(99, 'constant'), 2);
  t.is(learningRateAt(0, 1, {learningRate: 2, warmup: 0, decay: 'cosine'}), 2);
});
