import test from 'ava';
import fc from 'fast-check';
import {areaUnderCurve} from '../../lib/train/evaluation/area-under-curve.js';
import type {HeldOutResponse, JudgedSteps} from '../../lib/train/evaluation/measured-response.js';
import {evaluateTraining} from '../../lib/train/evaluation/train-evaluation.js';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {auc} from '../helpers/auc.js';

/** Steps with these rewards for the pair; the judges without training are given others. */
function stepsOf(rewards: readonly number[], control: readonly number[] = rewards): JudgedSteps {
  const valuesOf = (list: readonly number[]) => {
    let q = 0;
    return list.map(reward => {
      q += reward;
      return {reward, q};
    });
  };
  return {reward: valuesOf(rewards), control: valuesOf(control), withoutReference: valuesOf(control)};
}

const random = seededRandom(11);
/** A number that is higher where something holds, by so much that it is not sure. */
const noisy = (holds: boolean, by: number) => (holds ? by : 0) + random() + random();

test('the area under the curve is how often a positive is above a negative, with owners drawn anew', t => {
  const values = fc.array(
    fc.record({
      value: fc.integer({min: 0, max: 5}),
      isPositive: fc.boolean(),
      owner: fc.integer({min: 0, max: 3}),
    }),
    {minLength: 1, maxLength: 20},
  );
  const holds = () =>
    fc.assert(
      fc.property(values, fc.array(fc.nat({max: 3}), {minLength: 4, maxLength: 4}), (list, weights) => {
        const drawn = list.flatMap(one => Array.from({length: weights[one.owner]!}, () => one));
        const of = (kind: boolean) =>
          drawn.filter(({isPositive}) => isPositive === kind).map(({value}) => value);
        return Object.is(auc(of(true), of(false)), areaUnderCurve(list)(weights));
      }),
    );
  t.notThrows(holds);
});

test('outcomes: AUCs, best-of-N and votes of each judge on the same prompts, and the gain between them', t => {
  const prompts = Array.from({length: 120}, () =>
    Array.from({length: 4}, (): HeldOutResponse => {
      const correct = random() < 0.4;
      return {
        correct,
        answer: correct ? '1' : String(2 + Math.floor(random() * 2)),
        steps: stepsOf(
          [noisy(correct, 0.8), noisy(correct, 0.8)],
          [noisy(correct, 0.1), noisy(correct, 0.1)],
        ),
      };
    }),
  );
  const {comparisons, bestOfN, controlBestOfN, calibration, beatsControl} = evaluateTraining(prompts, []);
  const areaBy = (judge: 'reward' | 'control') => {
    const scores = (kind: boolean) =>
      prompts
        .flat()
        .filter(({correct}) => correct === kind)
        .map(({steps}) => Math.min(...steps[judge].map(({reward}) => reward)));
    return auc(scores(true), scores(false));
  };
  const figure = (measure: string) => comparisons.find(one => one.measure === measure)!;
  t.is(figure('outcomeAucMin').reward.value, areaBy('reward'));
  t.is(figure('outcomeAucMin').control.value, areaBy('control'));
  t.is(figure('bestOfNMin').reward.value, bestOfN!.accuracy.min!.at(-1)!.value);
  t.is(figure('bestOfNSum').control.value, controlBestOfN!.accuracy.sum!.at(-1)!.value);
  t.is(figure('bestOfNMin').chance, bestOfN!.accuracy.random!.at(-1)!.value);
  t.is(bestOfN!.counts.at(-1), 4);
  t.is(
    calibration!.bins.reduce((sum, {count}) => sum + count, 0),
    480,
  );
  for (const {reward, control, gain, beatsControl: isBeaten} of comparisons) {
    t.true(Math.abs(gain.value - (reward.value - control.value)) < 1e-12);
    t.true(gain.low <= gain.value && gain.value <= gain.high);
    t.is(isBeaten, gain.low > 0);
  }

  t.true(beatsControl.yes.includes('outcomeAucMin'));
});

test('best-of-N takes the most responses that half of the prompts have', t => {
  const prompt = (count: number) =>
    Array.from(
      {length: count},
      (_, index): HeldOutResponse => ({correct: index === 0, answer: null, steps: stepsOf([1])}),
    );
  t.is(evaluateTraining([prompt(9), prompt(8), prompt(1)], []).bestOfN!.counts.at(-1), 8);
  t.is(evaluateTraining([prompt(9), prompt(8), prompt(1)], []).bestOfN!.problems, 2);
  t.is(evaluateTraining([prompt(1), prompt(1)], []).bestOfN, null);
  t.is(evaluateTraining([], []).calibration, null);
});

test('steps: the AUC up to the first error, the lowest step, and F1 with thresholds of the other half', t => {
  const solutions = Array.from({length: 200}, (_, index) => {
    const label = index % 3 === 0 ? -1 : Math.floor(index / 6) % 4;
    // What comes behind an error may be anything.
    const rewards = [0, 1, 2, 3].map(step => (step === label ? -4 : step > label && label >= 0 ? -2 : 1));
    return {
      label,
      steps: stepsOf(
        rewards,
        [0, 1, 2, 3].map(() => random()),
      ),
    };
  });
  const {comparisons, beatsControl} = evaluateTraining([], solutions);
  const figure = (measure: string) => comparisons.find(one => one.measure === measure)!;
  for (const measure of ['stepAuc', 'firstErrorLowest', 'processBenchF1']) {
    t.is(figure(measure).reward.value, 1);
    t.true(figure(measure).control.value < 0.6);
  }

  t.is(figure('firstErrorLowest').chance, 0.25);
  t.deepEqual(beatsControl, {yes: ['stepAuc', 'firstErrorLowest', 'processBenchF1'], no: []});
});
