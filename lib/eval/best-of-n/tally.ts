import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {vote} from '../../rank/vote.js';
import {type Aggregate, aggregate} from '../../reward/aggregate.js';
import {sigmoid} from '../../reward/sigmoid.js';
import {bootstrap} from '../bootstrap.js';
import {CalibrationTally} from '../calibration.js';
import type {StepValues} from '../step-values.js';
import {passAtK} from './pass-at-k.js';
import type {
  BestOfNAccuracy,
  BestOfNCandidate,
  BestOfNEvaluation,
  BestOfNMethod,
  BestOfNOptions,
  BestOfNProblem,
} from './types.js';

/** For one problem and each N how right a method is: 0 or 1, or a share. Answers that are the same are equal strings. */
type Method = (problem: BestOfNProblem, counts: readonly number[]) => number[];

const methods: Readonly<Record<BestOfNMethod, Method>> = {
  min: bestBy('min', 'reward'),
  sum: bestBy('sum', 'reward'),
  mean: bestBy('mean', 'reward'),
  last: bestBy('last', 'reward'),
  product: bestBy('product', 'reward'),
  minQ: bestBy('min', 'q'),
  sumQ: bestBy('sum', 'q'),
  meanQ: bestBy('mean', 'q'),
  productQ: bestBy('product', 'q'),
  withoutReferenceMin: bestBy('min', 'reward', candidate => candidate.withoutReference!),
  withoutReferenceSum: bestBy('sum', 'reward', candidate => candidate.withoutReference!),
  majority: votedBy('majority', 'sum', 'reward'),
  weightedByMin: votedBy('weighted', 'min', 'reward'),
  weightedBySum: votedBy('weighted', 'sum', 'reward'),
  weightedByMean: votedBy('weighted', 'mean', 'reward'),
  weightedByLast: votedBy('weighted', 'last', 'reward'),
  weightedByProduct: votedBy('weighted', 'product', 'reward'),
  weightedByMinQ: votedBy('weighted', 'min', 'q'),
  weightedBySumQ: votedBy('weighted', 'sum', 'q'),
  weightedByMeanQ: votedBy('weighted', 'mean', 'q'),
  weightedByProductQ: votedBy('weighted', 'product', 'q'),
  anyOfFirstN: ({candidates}, counts) =>
    counts.map(n => Number(candidates.slice(0, n).some(({correct}) => correct))),
  passAtN: ({candidates}, counts) => counts.map(n => passAtK(candidates.length, countCorrect(candidates), n)),
  random: ({candidates}, counts) => counts.map(n => countCorrect(candidates.slice(0, n)) / n),
};

/** The methods that need the steps without the reference. */
const withoutReferenceNames: readonly BestOfNMethod[] = ['withoutReferenceMin', 'withoutReferenceSum'];

/** Measures how often the right answer is chosen, problem after problem: memory holds a number for each method and N. */
export class BestOfNTally {
  readonly #wanted: readonly number[] | undefined;
  readonly #same: BestOfNOptions['same'];
  /** For each method, N (in order) and problem how right the method is. */
  readonly #outcomes = new Map<BestOfNMethod, number[][]>();
  readonly #calibration = new CalibrationTally();
  #fewest = Number.POSITIVE_INFINITY;
  #problems = 0;
  #unanswered = 0;
  #unreadReferences = 0;

  /**
   * @param counts - the values of N; if left out 1, 2, 4 … 64, as far as every problem has responses
   * @param same - see {@link BestOfNOptions}
   */
  constructor({counts, same}: Pick<BestOfNOptions, 'counts' | 'same'> = {}) {
    this.#wanted = counts;
    this.#same = same;
    for (const name of Object.keys(methods) as BestOfNMethod[]) {
      this.#outcomes.set(
        name,
        this.#counts.map(() => []),
      );
    }
  }

  /** The number of problems. */
  get count(): number {
    return this.#problems;
  }

  /** Takes a problem, whose responses are at least one. */
  add(problem: BestOfNProblem): void {
    const candidates = withEqualAnswers(problem.candidates, this.#same);
    this.#problems++;
    this.#unanswered += candidates.filter(({answer}) => answer === null).length;
    this.#unreadReferences += Number(problem.unreadReference ?? false);
    this.#fewest = Math.min(this.#fewest, candidates.length);
    if (!candidates.every(({withoutReference}) => withoutReference !== undefined)) {
      for (const name of withoutReferenceNames) {
        this.#outcomes.delete(name);
      }
    }

    // Those for which this or an earlier problem has too few responses are of no use any more.
    const counts = this.#counts.filter(n => n <= this.#fewest);
    for (const [name, columns] of this.#outcomes) {
      for (const [index, outcome] of methods[name]({candidates}, counts).entries()) {
        columns[index]!.push(outcome);
      }
    }

    for (const {steps, correct} of candidates) {
      this.#calibration.add({probability: sigmoid(steps.at(-1)!.q), correct});
    }
  }

  /**
   * How right a method is for each problem so far, 0 … 1, with the first N responses.
   *
   * @param n - one of the values of N, for which every problem has responses
   */
  outcomes(method: BestOfNMethod, n: number): readonly number[] {
    return this.#outcomes.get(method)![this.#counts.indexOf(n)]!;
  }

  /**
   * Evaluates the problems so far, at least one.
   *
   * @throws {@link InvalidInputError} if one has fewer than N responses
   */
  evaluate(drawing: {resamples: number; seed: number}): BestOfNEvaluation {
    const tooMany = this.#wanted?.find(n => n > this.#fewest);
    if (tooMany !== undefined) {
      const responses = this.#fewest === 1 ? 'response' : 'responses';
      throw new InvalidInputError(
        `N cannot be ${tooMany}: there is a problem with ${this.#fewest} ${responses}.`,
      );
    }

    const counts = this.#counts.filter(n => n <= this.#fewest);
    return {
      problems: this.#problems,
      responses: this.#calibration.count,
      unanswered: this.#unanswered,
      unreadReferences: this.#unreadReferences,
      counts: [...counts],
      ...this.#accuracies(counts, drawing),
      calibration: this.#calibration.result(),
    };
  }

  get #counts(): readonly number[] {
    return this.#wanted ?? [1, 2, 4, 8, 16, 32, 64];
  }

  #accuracies(
    counts: readonly number[],
    drawing: {resamples: number; seed: number},
  ): Pick<BestOfNEvaluation, 'accuracy' | 'gainOverMajority'> {
    const names = [...this.#outcomes.keys()];
    const columns = names.flatMap(name =>
      counts.map((_, index) => Float64Array.from(this.#outcomes.get(name)![index]!)),
    );
    const placeOf = (name: BestOfNMethod, index: number) =>
      columns[names.indexOf(name) * counts.length + index]!;
    const gains = counts.map((_, index) =>
      placeOf('min', index).map((value, problem) => value - placeOf('majority', index)[problem]!),
    );
    // All from the same draws, so that a problem is in all of them or in none.
    const rows = [...columns, ...gains];
    const estimates = bootstrap(
      this.#problems,
      weights => rows.map(row => weightedMean(row, weights)),
      drawing,
    );
    const perMethod = (place: number): BestOfNAccuracy[] =>
      counts.map((n, index) => ({n, ...estimates[place * counts.length + index]!}));
    return {
      accuracy: Object.fromEntries(names.map((name, place) => [name, perMethod(place)])),
      gainOverMajority: perMethod(names.length),
    };
  }
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

function votedBy(by: 'majority' | 'weighted', how: Aggregate, what: keyof StepValues): Method {
  // A product is of probabilities already.
  const weight = how === 'product' ? (score: number) => score : undefined;
  return ({candidates}, counts) => {
    const votes = candidates.map(({answer, steps}) => ({answer, score: scoreOf(steps, how, what)}));
    return counts.map(n => {
      const winner = vote(votes.slice(0, n), {by, same: isEqual, weight}).groups[0];
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

/** Answers are compared once, not for every method and N: who is in a group does not depend on who comes later. */
function withEqualAnswers(
  candidates: readonly BestOfNCandidate[],
  same: BestOfNOptions['same'],
): BestOfNCandidate[] {
  const votes = candidates.map(({answer}) => ({answer, score: 0}));
  const equal = candidates.map(({answer}) => answer);
  for (const {answer, members} of vote(votes, {by: 'majority', same}).groups) {
    for (const member of members) {
      equal[member] = answer;
    }
  }

  return candidates.map((candidate, index) => ({...candidate, answer: equal[index]!}));
}

function isEqual(a: string, b: string): boolean {
  return a === b;
}

/** The earlier one on a tie. */
function firstHighest(scores: readonly number[]): number {
  return scores.reduce((best, score, index) => (score > scores[best]! ? index : best), 0);
}

function countCorrect(candidates: readonly BestOfNCandidate[]): number {
  return candidates.filter(({correct}) => correct).length;
}

/** The weights of a draw add up to the number of values. */
function weightedMean(values: Float64Array, weights: Uint32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    sum += values[index]! * weights[index]!;
  }

  return sum / values.length;
}
