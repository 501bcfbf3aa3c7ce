import {vote} from '../rank/vote.js';
import {type Aggregate, aggregate} from '../reward/aggregate.js';
import type {BestOfNCandidate, BestOfNMethod, BestOfNOptions, BestOfNProblem} from './best-of-n-types.js';
import {passAtK} from './pass-at-k.js';
import type {StepValues} from './step-values.js';

/** For one problem and each N how right a method is: 0 or 1, or a share. */
type Method = (problem: BestOfNProblem, counts: readonly number[], same: BestOfNOptions['same']) => number[];

const methods: Readonly<Record<BestOfNMethod, Method>> = {
  min: bestBy('min', 'reward'),
  sum: bestBy('sum', 'reward'),
  mean: bestBy('mean', 'reward'),
  last: bestBy('last', 'reward'),
  product: bestBy('product', 'reward'),
  minQ: bestBy('min', 'q'),
  meanQ: bestBy('mean', 'q'),
  productQ: bestBy('product', 'q'),
  withoutReferenceMin: bestBy('min', 'reward', candidate => candidate.withoutReference!),
  withoutReferenceSum: bestBy('sum', 'reward', candidate => candidate.withoutReference!),
  majority: votedBy('majority', 'sum'),
  weightedByMin: votedBy('weighted', 'min'),
  weightedBySum: votedBy('weighted', 'sum'),
  anyOfFirstN: ({candidates}, counts) =>
    counts.map(n => Number(candidates.slice(0, n).some(({correct}) => correct))),
  passAtN: ({candidates}, counts) => counts.map(n => passAtK(candidates.length, countCorrect(candidates), n)),
  random: ({candidates}, counts) => counts.map(n => countCorrect(candidates.slice(0, n)) / n),
};

/**
 * Applies every method to every problem.
 *
 * @param problems - each with at least as many responses as the highest N
 * @param counts - the values of N
 * @param same - see {@link BestOfNOptions}
 * @returns for each method, N (by its index in `counts`) and problem how right the method is, 0 … 1
 */
export function bestOfNOutcomes(
  problems: readonly BestOfNProblem[],
  counts: readonly number[],
  same: BestOfNOptions['same'],
): Map<BestOfNMethod, Float64Array[]> {
  const withoutReference = problems.every(({candidates}) =>
    candidates.every(candidate => candidate.withoutReference !== undefined),
  );
  const names = (Object.keys(methods) as BestOfNMethod[]).filter(
    name => withoutReference || !name.startsWith('withoutReference'),
  );
  return new Map(
    names.map(name => {
      const byProblem = problems.map(problem => methods[name](problem, counts, same));
      return [name, counts.map((_, index) => Float64Array.from(byProblem, outcomes => outcomes[index]!))];
    }),
  );
}

function bestBy(
  how: Aggregate,
  what: keyof StepValues,
  stepsOf = ({steps}: BestOfNCandidate): readonly StepValues[] => steps,
): Method {
  return ({candidates}, counts) => {
    const scores = candidates.map(candidate => scoreOf(stepsOf(candidate), how, what));
    return counts.map(n => Number(candidates[firstHighest(scores.slice(0, n))]!.correct));
  };
}

function votedBy(by: 'majority' | 'weighted', how: Aggregate): Method {
  return ({candidates}, counts, same) => {
    const votes = candidates.map(({answer, steps}) => ({answer, score: scoreOf(steps, how, 'reward')}));
    return counts.map(n => {
      const winner = vote(votes.slice(0, n), {by, same}).groups[0];
      // Where no response has an answer there is none to be right.
      return Number(winner !== undefined && candidates[winner.members[0]!]!.correct);
    });
  };
}

function scoreOf(steps: readonly StepValues[], how: Aggregate, what: keyof StepValues): number {
  return aggregate(
    steps.map(step => step[what]),
    how,
  );
}

/** The earlier one on a tie. */
function firstHighest(scores: readonly number[]): number {
  return scores.reduce((best, score, index) => (score > scores[best]! ? index : best), 0);
}

function countCorrect(candidates: readonly BestOfNCandidate[]): number {
  return candidates.filter(({correct}) => correct).length;
}
