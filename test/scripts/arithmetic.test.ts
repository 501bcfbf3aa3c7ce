import {readFileSync} from 'node:fs';
import test from 'ava';
import {labelSteps} from '../../scripts/arithmetic/label-steps.js';
import {labelledTraces} from '../../scripts/arithmetic/labelled-traces.js';
import {makeProblems} from '../../scripts/arithmetic/problems.js';

test('steps are labelled as those who made the traces know they are', t => {
  const file = new URL('../data/traces.jsonl', import.meta.url);
  const traces = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  t.is(traces.length, 600);
  for (const {id, prompt, steps, label} of traces) {
    t.is(labelSteps(prompt, steps).firstWrong, label, id);
  }
});

test('a step is right if the operation comes first, the result is right, and the rest is unchanged', t => {
  const right = (step: string) => labelSteps('Compute 20 - 3 * (4 + 5)', [step]).right[0];
  t.true(right('Step 1: 4 + 5 = 9, so 20 - 3 * 9'));
  t.true(right('Step 1: 5 + 4 = 9, leaving 20 - 3 * 9'));
  t.false(right('Step 1: 4 + 5 = 8, so 20 - 3 * 8'));
  t.false(right('Step 1: 4 + 5 = 9, so 20 - 3 * 8'));
  t.false(right('Step 1: 4 + 5 = 9, so 20 + 3 * 9'));
  t.false(right('Step 1: 20 - 3 = 17, so 17 * (4 + 5)'));
  t.false(right('Step 1: 3 * 4 = 12, so 20 - 12 + 5'));
  t.false(right('Step 1: 20 - 18 = 2, so 2'));
  t.false(right('Well, 4 + 5 = 9'));
});

test('a step is judged by the one before it, the answer by what is left', t => {
  const steps = ['Step 1: 2 + 3 = 6, so 6 - 4', 'Step 2: 6 - 4 = 2, which gives 2', 'Answer: 2'];
  t.deepEqual(labelSteps('Compute 2 + 3 - 4', steps), {right: [false, true, true], firstWrong: 0});
  const negative = ['Step 1: 2 - 3 = -1, so -1 - 4', 'Step 2: -1 - 4 = -5, now -5', 'Answer: 5'];
  t.deepEqual(labelSteps('Compute 2 - 3 - 4', negative), {right: [true, true, false], firstWrong: 2});
  t.is(labelSteps('Compute 2 - 3 - 4', ['Answer: -5']).firstWrong, 0);
});

test('problems are the same for the same seed, all different, and within what the models know', t => {
  const problems = makeProblems({count: 500, seed: 3});
  t.deepEqual(makeProblems({count: 500, seed: 3}), problems);
  t.notDeepEqual(makeProblems({count: 500, seed: 4}), problems);
  t.is(new Set(problems.map(({prompt}) => prompt)).size, 500);
  for (const {prompt, reference} of problems) {
    t.regex(prompt, /^Compute \(?\d+(?: [-+*] \(?\d+\)?){2,4}$/u);
    const numbers = prompt.match(/\d+/gu)!.map(Number);
    t.true(numbers.every(number => number >= 2 && number <= 20));
    t.true(prompt.split('(').length <= 2 && prompt.split('(').length === prompt.split(')').length);
    // JavaScript's own arithmetic: nothing but what the form above allows is in it.
    t.is(String(new Function(`return ${prompt.slice('Compute '.length)}`)()), reference);
  }

  const taken = new Set(problems.map(({prompt}) => prompt));
  t.false(makeProblems({count: 100, seed: 3, taken}).some(({prompt}) => taken.has(prompt)));
});

test('traces with and without a wrong step are taken in turn, one of a problem', t => {
  const right = {text: 'Step 1: 2 + 3 = 5, so 5\n\nAnswer: 5', correct: true};
  const wrong = {text: 'Step 1: 2 + 3 = 6, so 6\n\nAnswer: 6', correct: false};
  const problem = {prompt: 'Compute 2 + 3', responses: [right, wrong]};
  const traces = labelledTraces([problem, problem, problem, problem], {count: 4, generator: 'g'});
  t.deepEqual(
    traces.map(({label}) => label),
    [0, -1, 0, -1],
  );
  t.like(traces[0], {
    id: 'g-0',
    problem: 'Compute 2 + 3',
    steps: wrong.text.split('\n\n'),
    final_answer_correct: false,
  });
  t.throws(() => labelledTraces([problem], {count: 2, generator: 'g'}), {message: /2 traces/u});
});
