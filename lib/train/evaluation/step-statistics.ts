import {harmonicMean, ProcessBenchTally} from '../../eval/process-bench/tally.js';
import {firstError} from '../../reward/first-error.js';
import {sigmoid} from '../../reward/sigmoid.js';
import {areaUnderCurve} from './area-under-curve.js';
import type {Statistic} from './comparison.js';
import type {Judge, LabelledSolution} from './measured-response.js';
import {byJudge} from './outcome-statistics.js';

/** How well wrong steps are found. What comes after a first wrong step counts neither as right nor as wrong. */
export function stepStatistics(solutions: readonly LabelledSolution[]): Statistic[] {
  const erroneous = solutions.filter(({label}) => label >= 0);
  const chance =
    erroneous.reduce((sum, {steps}) => sum + 1 / steps.reward.length, 0) / Math.max(1, erroneous.length);
  const statistics: Statistic[] = [
    {measure: 'stepAuc', chance: 0.5, of: byJudge(judge => stepArea(solutions, judge))},
    {measure: 'firstErrorLowest', chance, of: byJudge(judge => lowestShare(solutions, judge))},
  ];
  return hasBothKinds(solutions)
    ? [...statistics, {measure: 'processBenchF1', chance: null, of: byJudge(judge => f1(solutions, judge))}]
    : statistics;
}

function stepArea(solutions: readonly LabelledSolution[], judge: Judge): (weights: Uint32Array) => number {
  return areaUnderCurve(
    solutions.flatMap(({steps, label}, owner) =>
      steps[judge]
        .slice(0, label === -1 ? undefined : label + 1)
        .map(({reward}, index) => ({value: reward, isPositive: index !== label, owner})),
    ),
  );
}

function lowestShare(solutions: readonly LabelledSolution[], judge: Judge): (weights: Uint32Array) => number {
  const hits = solutions.map(({steps, label}) => {
    const values = steps[judge].map(({reward}) => reward);
    return label >= 0 && values.indexOf(Math.min(...values)) === label;
  });
  return weights => shareOf(solutions, weights, hits, ({label}) => label >= 0);
}

/**
 * F1 with the threshold, and whether it is one of Q values or of step rewards, chosen on the other half: no solution takes
 * part in the choice that is applied to it.
 */
function f1(solutions: readonly LabelledSolution[], judge: Judge): (weights: Uint32Array) => number {
  const choices = [0, 1].map(half =>
    chooseThreshold(
      solutions.filter((_, index) => index % 2 !== half),
      judge,
    ),
  );
  const hits = solutions.map(({steps, label}, index) => {
    const {by, threshold} = choices[index % 2]!;
    return (
      firstError(
        steps[judge].map(step => sigmoid(step[by])),
        threshold,
      ) === label
    );
  });
  return weights =>
    harmonicMean(
      shareOf(solutions, weights, hits, ({label}) => label >= 0),
      shareOf(solutions, weights, hits, ({label}) => label === -1),
    );
}

function chooseThreshold(
  solutions: readonly LabelledSolution[],
  judge: Judge,
): {by: 'q' | 'reward'; threshold: number} {
  const [byQ, byReward] = (['q', 'reward'] as const).map(by => {
    const tally = new ProcessBenchTally(by);
    for (const {steps, label} of solutions) {
      tally.add({label, steps: steps[judge]});
    }

    return {by, ...tally.bestThreshold()};
  });
  return byReward!.f1 > byQ!.f1 ? byReward! : byQ!;
}

/** Both halves have to have solutions with a wrong step and without one. */
function hasBothKinds(solutions: readonly LabelledSolution[]): boolean {
  return [0, 1].every(half =>
    [true, false].every(kind =>
      solutions.some(({label}, index) => index % 2 === half && label >= 0 === kind),
    ),
  );
}

function shareOf(
  solutions: readonly LabelledSolution[],
  weights: Uint32Array,
  hits: readonly boolean[],
  isOne: (solution: LabelledSolution) => boolean,
): number {
  let [all, hit] = [0, 0];
  for (const [index, solution] of solutions.entries()) {
    const weight = isOne(solution) ? weights[index]! : 0;
    all += weight;
    hit += hits[index] ? weight : 0;
  }

  return hit / all;
}
