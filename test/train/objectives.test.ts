import test from 'ava';
import {findObjective, objectiveNames} from '../../lib/train/objectives/find-objective.js';
import type {Objective, RewardBatch} from '../../lib/train/objectives/objective.js';

/** Rewards of all sizes; ±40 is far beyond where e^R is all there is. */
const rewards = [0.3, -1.7, 2.2, -0.05, 4, -40, 40, 0];
const correct = [true, false, false, true, true, false, true, false];

function batchFor({paired}: Objective, changed = rewards): RewardBatch {
  const weights = [0.2, 0.1, 0.15, 0.05, 0.1, 0.2, 0.1, 0.1];
  return {
    rewards: Float64Array.from(changed),
    correct,
    lengths: [7, 3, 9, 1, 30, 12, 5, 2],
    terms: paired
      ? [
          {members: [0, 1], weight: 0.5},
          // A response may be in several pairs.
          {members: [0, 2], weight: 0.125},
          {members: [3, 7], weight: 0.25},
          {members: [6, 5], weight: 0.125},
        ]
      : weights.map((weight, response) => ({members: [response], weight})),
    referencePoint: 0.4,
  };
}

for (const name of objectiveNames) {
  const objective = findObjective(name);

  test(`the gradient of ${name} is that of its loss, by finite differences`, t => {
    const {gradient} = objective.evaluate(batchFor(objective));
    const h = 1e-5;
    for (const index of rewards.keys()) {
      const moved = (by: number) =>
        objective.evaluate(
          batchFor(
            objective,
            rewards.map((reward, at) => reward + (at === index ? by : 0)),
          ),
        ).loss;
      const difference = (moved(h) - moved(-h)) / (2 * h);
      t.true(Math.abs(gradient[index]! - difference) < 1e-8, `${gradient[index]} and ${difference}`);
    }
  });

  test(`${name} loses nothing to overflow`, t => {
    const extreme = rewards.map(reward => 1000 * reward);
    const {loss, gradient} = objective.evaluate(batchFor(objective, extreme));
    t.true(Number.isFinite(loss));
    t.true(gradient.every(Number.isFinite));
  });
}

test('before training, where every reward is 0, the losses are what their equations say', t => {
  const untrained = rewards.map(() => 0);
  const lossOf = (name: Parameters<typeof findObjective>[0]) =>
    findObjective(name).evaluate({...batchFor(findObjective(name), untrained), referencePoint: 0}).loss;
  t.true(Math.abs(lossOf('ce') - Math.LN2) < 1e-12);
  t.true(Math.abs(lossOf('dpo') - Math.LN2) < 1e-12);
  t.true(Math.abs(lossOf('nca') - 2 * Math.LN2) < 1e-12);
  t.true(Math.abs(lossOf('kto') - 0.5) < 1e-12);
});

test('NCA draws a right response to log 2 and no further, DPO without end', t => {
  const slopeAt = (name: 'nca' | 'dpo', reward: number) =>
    findObjective(name).evaluate({
      rewards: Float64Array.of(reward, 0),
      correct: [true, false],
      lengths: [1, 1],
      terms: [{members: [0, 1], weight: 1}],
      referencePoint: 0,
    }).gradient[0]!;
  t.true(slopeAt('nca', 0.5) < 0);
  t.true(Math.abs(slopeAt('nca', Math.LN2)) < 1e-12);
  t.true(slopeAt('nca', 1) > 0);
  t.true(slopeAt('dpo', 5) < 0);
});
