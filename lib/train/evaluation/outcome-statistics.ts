import {BestOfNTally} from '../../eval/best-of-n/tally.js';
import type {BestOfNMethod} from '../../eval/best-of-n/types.js';
import {type Aggregate, aggregate} from '../../reward/aggregate.js';
import {areaUnderCurve} from './area-under-curve.js';
import type {Statistic} from './comparison.js';
import {type HeldOutResponse, type Judge, judges} from './measured-response.js';

/** How well right responses are told from wrong ones, over all prompts. */
export function outcomeAucStatistics(prompts: readonly (readonly HeldOutResponse[])[]): Statistic[] {
  const areaOf = (judge: Judge, how: Aggregate) =>
    areaUnderCurve(
      prompts.flatMap((responses, owner) =>
        responses.map(({steps, correct}) => ({
          value: aggregate(
            steps[judge].map(({reward}) => reward),
            how,
          ),
          isPositive: correct,
          owner,
        })),
      ),
    );
  return [
    {measure: 'outcomeAucMin', chance: 0.5, of: byJudge(judge => areaOf(judge, 'min'))},
    {measure: 'outcomeAucSum', chance: 0.5, of: byJudge(judge => areaOf(judge, 'sum'))},
  ];
}

/** What best-of-N makes of prompts that each have N responses. */
export interface BestOfNStatistics {
  statistics: Statistic[];
  tallies: Record<Judge, BestOfNTally>;
}

/** How often the right one of N responses is chosen. */
export function bestOfNStatistics(
  prompts: readonly (readonly HeldOutResponse[])[],
  n: number,
): BestOfNStatistics {
  const tallies = byJudge(judge => tallyOf(prompts, judge));
  const meanOf = (method: BestOfNMethod) =>
    byJudge(judge => weightedMean(tallies[judge].outcomes(method, n)));
  const chance = meanOf('random').reward(new Uint32Array(prompts.length).fill(1));
  return {
    tallies,
    statistics: [
      {measure: 'bestOfNMin', chance, of: meanOf('min')},
      {measure: 'bestOfNSum', chance, of: meanOf('sum')},
      {measure: 'weightedVote', chance, of: meanOf('weightedByMin')},
    ],
  };
}

function tallyOf(prompts: readonly (readonly HeldOutResponse[])[], judge: Judge): BestOfNTally {
  const tally = new BestOfNTally();
  for (const responses of prompts) {
    tally.add({
      candidates: responses.map(({answer, correct, steps}) => ({
        answer,
        correct,
        steps: steps[judge],
        withoutReference: judge === 'reward' ? steps.withoutReference : undefined,
      })),
    });
  }

  return tally;
}

function weightedMean(outcomes: readonly number[]): (weights: Uint32Array) => number {
  return weights => outcomes.reduce((sum, one, index) => sum + one * weights[index]!, 0) / outcomes.length;
}

/** The same for each judge. */
export function byJudge<T>(make: (judge: Judge) => T): Record<Judge, T> {
  return Object.fromEntries(judges.map(judge => [judge, make(judge)])) as Record<Judge, T>;
}
