import test from 'ava';
import fc from 'fast-check';
import {evaluateBestOfN} from '../../lib/eval/best-of-n/evaluate.js';
import {passAtK} from '../../lib/eval/best-of-n/pass-at-k.js';
import type {BestOfNCandidate, BestOfNMethod, BestOfNProblem} from '../../lib/eval/best-of-n/types.js';
import {bootstrap} from '../../lib/eval/bootstrap.js';
import {calibrate} from '../../lib/eval/calibration.js';
import {bestThreshold} from '../../lib/eval/process-bench/best-threshold.js';
import {evaluateProcessBench} from '../../lib/eval/process-bench/evaluate.js';
import type {ProcessBenchSample} from '../../lib/eval/process-bench/types.js';
import {InvalidInputError} from '../../lib/index.js';
import {vote} from '../../lib/rank/vote.js';
import {aggregate} from '../../lib/reward/aggregate.js';
import {sigmoid} from '../../lib/reward/sigmoid.js';
import {cpuTimeOf} from '../helpers/cpu-time.js';

const close = (a: number, b: number, tolerance = 1e-12) => Math.abs(a - b) < tolerance;

/** All choices of k of the items. */
function choices<T>(items: readonly T[], k: number): T[][] {
  if (k === 0) {
    return [[]];
  }

  return items.flatMap((item, index) => choices(items.slice(index + 1), k - 1).map(rest => [item, ...rest]));
}

test('pass@k is the share of all choices of k that hold a right one', t => {
  const outcomes = fc.array(fc.boolean(), {minLength: 1, maxLength: 9});
  fc.assert(
    fc.property(outcomes, fc.nat(), (list, number) => {
      const k = 1 + (number % list.length);
      const all = choices(list, k);
      const share = all.filter(choice => choice.some(Boolean)).length / all.length;
      return close(passAtK(list.length, list.filter(Boolean).length, k), share);
    }),
  );
  t.is(passAtK(100_000, 3, 100_000), 1);
  t.is(passAtK(64, 0, 8), 0);
  t.throws(() => passAtK(4, 5, 1), {instanceOf: InvalidInputError});
  t.throws(() => passAtK(4, 2, 5), {instanceOf: InvalidInputError});
});

test('the bootstrap of a mean agrees with theory, and a seed with itself', t => {
  const values = Array.from({length: 400}, (_, index) => Number(index % 4 === 0));
  const mean = (weights: Uint32Array) => [
    values.reduce((sum, value, index) => sum + value * weights[index]!, 0) / values.length,
  ];
  const [estimate] = bootstrap(values.length, mean, {resamples: 4000, seed: 1});
  t.is(estimate!.value, 0.25);
  const half = 1.96 * Math.sqrt((0.25 * 0.75) / 400);
  t.true(close(estimate!.low, 0.25 - half, 0.005));
  t.true(close(estimate!.high, 0.25 + half, 0.005));
  t.deepEqual(bootstrap(values.length, mean, {resamples: 4000, seed: 1}), [estimate!]);
  t.notDeepEqual(bootstrap(values.length, mean, {resamples: 4000, seed: 2}), [estimate!]);
  t.deepEqual(bootstrap(values.length, mean, {resamples: 0, seed: 1}), [
    {value: 0.25, low: 0.25, high: 0.25},
  ]);
});

test('statistics that a draw does not have are left out of the interval', t => {
  const [estimate] = bootstrap(2, weights => [weights[0] === 0 ? Number.NaN : 1], {resamples: 50, seed: 0});
  t.deepEqual(estimate, {value: 1, low: 1, high: 1});
});

test('calibration counts every forecast once and finds the error', t => {
  const {bins, expectedError, brierScore} = calibrate([
    {probability: 0, correct: false},
    {probability: 0.1, correct: true},
    {probability: 0.15, correct: false},
    {probability: 1, correct: true},
  ]);
  t.deepEqual(
    bins.map(({count}) => count),
    [1, 2, 0, 0, 0, 0, 0, 0, 0, 1],
  );
  t.deepEqual(bins[1], {from: 0.1, to: 0.2, count: 2, meanProbability: 0.125, accuracy: 0.5});
  t.deepEqual(bins[2], {from: 0.2, to: 0.3, count: 0, meanProbability: null, accuracy: null});
  t.true(close(expectedError, (2 * 0.375) / 4));
  t.true(close(brierScore, (0.81 + 0.0225) / 4));
  t.throws(() => calibrate([]), {instanceOf: InvalidInputError});
});

const step = fc.record({
  // Few values, so that ties and values on the grid of thresholds are common.
  reward: fc.oneof(fc.double({min: -4, max: 4, noNaN: true}), fc.constantFrom(-50, -1, 0, 0.4, 50)),
  q: fc.oneof(fc.double({min: -4, max: 4, noNaN: true}), fc.constantFrom(-50, -1, 0, 0.4, 50)),
});
const steps = fc.array(step, {minLength: 1, maxLength: 5});
const sample = steps.chain(list =>
  fc.record({steps: fc.constant(list), label: fc.integer({min: -1, max: list.length - 1})}),
);
const bothKinds = fc
  .array(sample, {minLength: 2, maxLength: 12})
  .filter(list => list.some(({label}) => label === -1) && list.some(({label}) => label !== -1));

test('the best threshold is the lowest of those with the highest F1 of all multiples of 1e-4', t => {
  fc.assert(
    fc.property(bothKinds, fc.constantFrom('q', 'reward'), (samples, by) => {
      const {threshold, f1} = bestThreshold(samples, {by});
      const naive = naiveThreshold(samples, by);
      t.is(threshold, naive.threshold);
      t.true(close(f1, naive.f1));
      const found = evaluateProcessBench(samples, {threshold, by, resamples: 0});
      t.true(close(found.f1!.value, f1));
    }),
    {numRuns: 40},
  );
});

test('a threshold is found where all probabilities are next to 0 or next to 1', t => {
  const sample = (label: number, ...qs: number[]) => ({label, steps: qs.map(q => ({q, reward: q}))});
  const low = bestThreshold([sample(-1, -9, -10.5), sample(1, -9.5, -25), sample(0, -30, -31)]);
  t.is(low.f1, 1);
  t.true(low.threshold > sigmoid(-25) && low.threshold < sigmoid(-10.5));
  const high = bestThreshold([sample(-1, 19, 15), sample(1, 14, 12), sample(0, 11, 30)]);
  t.is(high.f1, 1);
  t.true(high.threshold > sigmoid(12) && high.threshold < sigmoid(14));
});

function naiveThreshold(samples: readonly ProcessBenchSample[], by: 'q' | 'reward') {
  const lists = samples.map(({steps: list, label}) => ({values: list.map(one => sigmoid(one[by])), label}));
  let best = {threshold: 0, f1: -1};
  for (let index = 0; index <= 10_000; index++) {
    const threshold = index / 10_000;
    const [a, b] = [true, false].map(erroneous => {
      const kind = lists.filter(({label}) => (label !== -1) === erroneous);
      const hits = kind.filter(({values, label}) => values.findIndex(value => value < threshold) === label);
      return hits.length / kind.length;
    }) as [number, number];
    const f1 = a + b === 0 ? 0 : (2 * a * b) / (a + b);
    best = f1 > best.f1 ? {threshold, f1} : best;
  }

  return best;
}

test('choosing a threshold on 3,400 samples takes less than a second', t => {
  const samples = Array.from({length: 3400}, (_, index) => ({
    label: (index % 11) - 1,
    steps: Array.from({length: 12}, (_step, place) => ({
      reward: Math.sin(index * place),
      q: Math.cos(index + place),
    })),
  }));
  t.true(cpuTimeOf(() => bestThreshold(samples)) < 1000);
});

test('ProcessBench by hand: exact places count, and steps before the first error too', t => {
  const of = (label: number, ...values: number[]) => ({label, steps: values.map(q => ({q, reward: -q}))});
  const samples = [
    of(1, 2, -2, -3), // found
    of(1, -1, -2, -3), // too early
    of(2, 2, 1, 1), // not found
    of(-1, 3, 3), // right
  ];
  const result = evaluateProcessBench(samples, {threshold: 0.5, resamples: 100});
  t.is(result.accuracyErroneous!.value, 1 / 3);
  t.is(result.accuracyCorrect!.value, 1);
  t.is(result.f1!.value, 0.5);
  t.is(result.calibration, null);
  const onlyRight = evaluateProcessBench(samples.slice(3), {threshold: 0.5});
  t.is(onlyRight.accuracyErroneous, null);
  t.is(onlyRight.f1, null);
  t.throws(() => bestThreshold(samples.slice(3)), {instanceOf: InvalidInputError});
  t.throws(() => evaluateProcessBench([of(2, 1, 1)], {threshold: 0.5}), {message: /^0\.label in/u});
  t.throws(() => evaluateProcessBench(samples, {threshold: 2}), {instanceOf: InvalidInputError});
});

const candidate = (answer: string | null, correct: boolean, ...rewards: number[]): BestOfNCandidate => {
  let q = 0;
  return {
    answer,
    correct,
    steps: rewards.map(reward => {
      q += reward;
      return {reward, q};
    }),
  };
};

test('best of N by hand', t => {
  const problem = {
    candidates: [
      candidate('7', false, -1, 5),
      candidate('1/2', true, 1, 1),
      candidate('7', false, 1, 1),
      candidate('0.5', true, 0.5, 4.5),
    ],
  };
  const {accuracy, counts} = evaluateBestOfN([problem], {resamples: 0});
  const values = Object.fromEntries(
    Object.entries(accuracy).map(([name, cells]) => [name, cells.map(({value}) => value)]),
  );
  t.deepEqual(counts, [1, 2, 4]);
  t.deepEqual(values.min, [0, 1, 1]); // A tie of the second and third, of which the earlier is chosen.
  t.deepEqual(values.sum, [0, 0, 1]);
  t.deepEqual(values.last, [0, 0, 0]);
  t.deepEqual(values.minQ, [0, 1, 1]);
  t.deepEqual(values.majority, [0, 0, 0]); // Two and two: the answer seen first.
  t.deepEqual(values.weightedByMin, [0, 1, 1]);
  t.deepEqual(values.anyOfFirstN, [0, 1, 1]);
  t.deepEqual(
    values.passAtN,
    [0.5, 1 - 1 / 6, 1].map(value => value),
  );
  t.deepEqual(values.random, [0, 0.5, 0.5]);
  t.is(values.withoutReferenceMin, undefined);
});

test('responses without an answer have no vote, and none of them is right', t => {
  const none = candidate(null, false, 1);
  const {accuracy} = evaluateBestOfN([
    {candidates: [none, none]},
    {candidates: [none, candidate('1', true, -9)]},
  ]);
  t.is(accuracy.majority![1]!.value, 0.5);
});

test('what cannot be evaluated is refused', t => {
  t.throws(() => evaluateBestOfN([]), {instanceOf: InvalidInputError});
  t.throws(() => evaluateBestOfN([{candidates: []}]), {instanceOf: InvalidInputError});
  t.throws(() => evaluateBestOfN([{candidates: [candidate('1', true, 1)]}], {counts: [2]}), {
    message: 'N cannot be 2: there is a problem with 1 response.',
  });
});

const problem: fc.Arbitrary<BestOfNProblem> = fc.record({
  candidates: fc.array(
    steps.chain(list =>
      fc.integer({min: 0, max: 3}).map(answer => ({
        answer: String(answer),
        correct: answer === 0,
        steps: list,
        withoutReference: list,
      })),
    ),
    {minLength: 4, maxLength: 9},
  ),
});

const aggregates = ['min', 'sum', 'mean', 'last', 'product'] as const;

test('best of N and weighted votes are those of rank, for every aggregate of rewards and of Q values', t => {
  fc.assert(
    fc.property(problem, one => {
      const {accuracy} = evaluateBestOfN([one], {resamples: 0, counts: [4]});
      const first = one.candidates.slice(0, 4);
      for (const how of aggregates) {
        for (const what of ['reward', 'q'] as const) {
          const scored = first.map(response => ({
            ...response,
            score: aggregate(
              response.steps.map(step => step[what]),
              how,
            ),
          }));
          const weight = how === 'product' ? (score: number) => score : undefined;
          const {groups} = vote(scored, {by: 'weighted', weight});
          const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
          const name = what === 'q' ? (`${how}Q` as BestOfNMethod) : how;
          const voted = `weightedBy${name[0]!.toUpperCase()}${name.slice(1)}` as BestOfNMethod;
          // The last Q value is the sum of rewards, but for what rounding makes of it.
          if (name !== ('lastQ' as BestOfNMethod)) {
            t.is(accuracy[name]![0]!.value, Number(best.correct), name);
            t.is(accuracy[voted]![0]!.value, Number(scored[groups[0]!.members[0]!]!.correct), voted);
          }
        }
      }
    }),
    {numRuns: 60},
  );
});

test('no choice beats any-of-N, and with one response all are the same', t => {
  fc.assert(
    fc.property(fc.array(problem, {minLength: 1, maxLength: 6}), problems => {
      const {accuracy} = evaluateBestOfN(problems, {resamples: 20});
      const {passAtN, ...others} = accuracy;
      for (const cells of Object.values(others)) {
        t.is(cells[0]!.value, accuracy.anyOfFirstN![0]!.value);
        for (const [index, {value, low, high}] of cells.entries()) {
          t.true(value <= accuracy.anyOfFirstN![index]!.value + 1e-12);
          t.true(low >= 0 && low <= high && high <= 1);
        }
      }

      const rising = passAtN!.map(({value}) => value);
      t.deepEqual(
        rising,
        rising.toSorted((a, b) => a - b),
      );
    }),
    {numRuns: 50},
  );
});
