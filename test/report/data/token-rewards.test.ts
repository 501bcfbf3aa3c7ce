import test from 'ava';
import {findSchedule, tokenRewards} from '../../../lib/report/data/token-rewards.js';
import type {BetaSchedule} from '../../../lib/reward/beta-schedule.js';
import {madeResponse} from '../../helpers/made-response.js';
import {nearlyEqual} from '../../helpers/nearly-equal.js';

const text = 'First the one thing.\n\nThen the other, which is longer.\n\nAnswer: 5';

function sumsOverSteps(response: ReturnType<typeof madeResponse>): number[] {
  const {beta, rewards} = tokenRewards(response);
  const {policyLogprobs, referenceLogprobs} = response.tokens;
  const each =
    rewards ??
    Float64Array.from(policyLogprobs, (logprob, index) => beta! * (logprob - referenceLogprobs![index]!));
  return response.steps.map(({tokenStart, tokenEnd}) =>
    each.subarray(tokenStart, tokenEnd).reduce((sum, reward) => sum + reward, 0),
  );
}

for (const betaSchedule of ['constant', 'reciprocal', 'exponential', 'length-normalised'] as const) {
  test(`the rewards of tokens are found for the schedule ${betaSchedule}`, t => {
    const response = madeResponse(text, {betaSchedule, beta: 0.05});
    const {tokens} = response;
    const {beta, rewards} = tokenRewards(response);
    const ratio = tokens.policyLogprobs[9]! - tokens.referenceLogprobs![9]!;
    const weight = {
      constant: 1,
      reciprocal: 1 / 10,
      exponential: 0.95 ** 9,
      'length-normalised': 1 / tokens.starts.length,
    }[betaSchedule];
    t.true(Math.abs((rewards?.[9] ?? beta! * ratio) - 0.05 * weight * ratio) < 1e-7);
  });
}

test('of a response of one step the schedule is that of the others', t => {
  const options = {betaSchedule: 'reciprocal', beta: 0.05} as const;
  const several = madeResponse(text, options);
  const one = madeResponse('All in one step, and so it is.', options);
  t.is(one.steps.length, 1);
  t.is(findSchedule([one, several]), 'reciprocal');
  t.is(findSchedule([one]), 'constant');
  const ratio = one.tokens.policyLogprobs[9]! - one.tokens.referenceLogprobs![9]!;
  const {rewards} = tokenRewards(one, 'reciprocal');
  t.true(Math.abs(rewards![9]! - (0.05 * ratio) / 10) < 1e-7);
});

test('for a schedule of the caller’s own the tokens of a step add up to its reward', t => {
  const betaSchedule: BetaSchedule = place => Math.sin(place);
  const response = madeResponse(text, {betaSchedule});
  for (const [index, sum] of sumsOverSteps(response).entries()) {
    t.true(nearlyEqual(sum, response.steps[index]!.reward, 1e-6));
  }
});

test('where both models agree on everything every token earns nothing', t => {
  const response = madeResponse(text);
  const {policyLogprobs} = response.tokens;
  const steps = response.steps.map(step => ({...step, logRatio: 0, reward: 0, q: 0}));
  t.deepEqual(tokenRewards({steps, tokens: {...response.tokens, referenceLogprobs: policyLogprobs}}), {
    beta: 1,
    rewards: null,
  });
});
