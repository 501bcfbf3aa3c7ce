import test from 'ava';
import fc from 'fast-check';
import {InvalidInputError} from '../../lib/errors/invalid-input-error.js';
import {aggregate} from '../../lib/reward/aggregate.js';
import {sigmoid} from '../../lib/reward/sigmoid.js';
import {type StepRewardsInput, stepRewards} from '../../lib/reward/step-rewards.js';

const policyLogprobs = [-1, -2, -0.5, -4];
const referenceLogprobs = [-2, -1.5, -1, -1];
const stepEnds = [1, 3, 4];

test('a step is worth beta times the log-ratio of its tokens', t => {
  t.deepEqual(stepRewards({policyLogprobs, referenceLogprobs, stepEnds, beta: 0.5}), [
    {tokenStart: 0, tokenEnd: 1, logRatio: 1, reward: 0.5, q: 0.5, probability: sigmoid(0.5)},
    {tokenStart: 1, tokenEnd: 3, logRatio: 0, reward: 0, q: 0.5, probability: sigmoid(0.5)},
    {tokenStart: 3, tokenEnd: 4, logRatio: -3, reward: -1.5, q: -1, probability: sigmoid(-1)},
  ]);
});

test('beta is 0.05 and constant unless said otherwise', t => {
  t.deepEqual(
    stepRewards({policyLogprobs, referenceLogprobs, stepEnds}),
    stepRewards({policyLogprobs, referenceLogprobs, stepEnds, beta: 0.05, betaSchedule: 'constant'}),
  );
});

test('without a reference the log-probabilities of the policy stand for the log-ratios', t => {
  const steps = stepRewards({policyLogprobs, stepEnds, beta: 1});
  t.deepEqual(
    steps.map(({logRatio, reward, q}) => [logRatio, reward, q]),
    [
      [-1, -1, -1],
      [-2.5, -2.5, -3.5],
      [-4, -4, -7.5],
    ],
  );
});

test('a schedule weighs the rewards by the place in the response, not the log-ratios', t => {
  const steps = stepRewards({policyLogprobs, stepEnds, beta: 2, betaSchedule: 'reciprocal'});
  t.deepEqual(
    steps.map(({logRatio}) => logRatio),
    [-1, -2.5, -4],
  );
  t.deepEqual(
    steps.map(({reward}) => reward),
    [2 * -1, 2 * (-2 / 2 + (1 / 3) * -0.5), 2 * -4 * (1 / 4)],
  );
});

test('a step without a token is worth nothing', t => {
  const steps = stepRewards({policyLogprobs, referenceLogprobs, stepEnds: [0, 2, 2, 4], beta: 1});
  t.deepEqual(
    steps.map(({tokenStart, tokenEnd, reward, q}) => [tokenStart, tokenEnd, reward, q]),
    [
      [0, 0, 0, 0],
      [0, 2, 0.5, 0.5],
      [2, 2, 0, 0.5],
      [2, 4, -2.5, -2],
    ],
  );
});

test('single-precision input is subtracted and added up in doubles', t => {
  const policy = Float32Array.of(-1e-7, -3e-8, -12.345);
  const reference = Float32Array.of(-10, -11, -12.344999);
  const [step] = stepRewards({policyLogprobs: policy, referenceLogprobs: reference, stepEnds: [3], beta: 1});
  t.is(
    step?.logRatio,
    policy[0]! - reference[0]! + (policy[1]! - reference[1]!) + (policy[2]! - reference[2]!),
  );
});

const logprob = fc.double({min: -50, max: 0, noNaN: true});

const inputs: fc.Arbitrary<StepRewardsInput> = fc
  .record({
    pairs: fc.array(fc.tuple(logprob, logprob), {maxLength: 60}),
    cuts: fc.array(fc.nat(60), {maxLength: 8}),
    beta: fc.double({min: 1e-3, max: 10, noNaN: true}),
    betaSchedule: fc.constantFrom('constant', 'reciprocal', 'exponential', 'length-normalised'),
    withReference: fc.boolean(),
  })
  .map(({pairs, cuts, beta, betaSchedule, withReference}) => ({
    policyLogprobs: pairs.map(([policy]) => policy),
    referenceLogprobs: withReference ? Float64Array.from(pairs, ([, reference]) => reference) : undefined,
    stepEnds: [...cuts.map(cut => Math.min(cut, pairs.length)).sort((a, b) => a - b), pairs.length],
    beta,
    betaSchedule,
  }));

test('q is the running sum of the rewards, and the rewards add up to the outcome reward', t => {
  fc.assert(
    fc.property(inputs, input => {
      const steps = stepRewards(input);
      let q = 0;
      for (const step of steps) {
        q += step.reward;
        t.is(step.q, q);
        t.is(step.probability, sigmoid(q));
      }

      const rewards = steps.map(({reward}) => reward);
      t.is(aggregate(rewards, 'sum'), steps.at(-1)!.q);
    }),
  );
});

test('the outcome reward does not depend on where the steps are cut', t => {
  fc.assert(
    fc.property(inputs, input => {
      const [whole] = stepRewards({...input, stepEnds: [input.policyLogprobs.length]});
      const q = stepRewards(input).at(-1)!.q;
      t.true(Math.abs(q - whole!.q) <= 1e-9 * (1 + Math.abs(q)));
    }),
  );
});

test('every token is in exactly one step', t => {
  fc.assert(
    fc.property(inputs, input => {
      const steps = stepRewards(input);
      t.is(steps[0]!.tokenStart, 0);
      t.is(steps.at(-1)!.tokenEnd, input.policyLogprobs.length);
      for (const [index, step] of steps.slice(1).entries()) {
        t.is(step.tokenStart, steps[index]!.tokenEnd);
      }
    }),
  );
});

const refused: ReadonlyArray<readonly [string, Partial<StepRewardsInput>, RegExp]> = [
  [
    'fewer reference log-probabilities',
    {referenceLogprobs: [-1]},
    /4 policyLogprobs and 1 referenceLogprobs/,
  ],
  ['NaN from the policy', {policyLogprobs: [-1, Number.NaN, 0, 0]}, /policyLogprobs\[1\] is NaN/],
  ['minus infinity', {referenceLogprobs: [0, 0, 0, -1 / 0]}, /referenceLogprobs\[3\] is -Infinity/],
  ['a hole', {policyLogprobs: Array(4)}, /policyLogprobs\[0\] is undefined/],
  ['beta 0', {beta: 0}, /beta .* not 0/],
  ['a negative beta', {beta: -1}, /beta .* not -1/],
  ['an infinite beta', {beta: 1 / 0}, /beta .* not Infinity/],
  ['a beta that is NaN', {beta: Number.NaN}, /beta .* not NaN/],
  ['step ends that descend', {stepEnds: [3, 2, 4]}, /stepEnds\[1\] is 2 after 3/],
  ['step ends beyond the tokens', {stepEnds: [1, 5]}, /stepEnds\[1\] is 5/],
  ['a negative step end', {stepEnds: [-1, 4]}, /stepEnds\[0\] is -1/],
  ['a fractional step end', {stepEnds: [1.5, 4]}, /stepEnds\[0\] is 1\.5/],
  ['tokens after the last step', {stepEnds: [1, 3]}, /has to be the number of tokens, 4/],
  ['no steps', {stepEnds: []}, /has to be the number of tokens, 4/],
];

for (const [what, change, message] of refused) {
  test(`refuses ${what}`, t => {
    const input = {policyLogprobs, referenceLogprobs, stepEnds, ...change};
    t.throws(() => stepRewards(input), {instanceOf: InvalidInputError, code: 'INVALID_INPUT', message});
  });
}
