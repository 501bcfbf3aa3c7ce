import type {BestOfNEvaluation} from '../../eval/best-of-n/types.js';
import type {Calibration} from '../../eval/calibration.js';
import {CalibrationTally} from '../../eval/calibration.js';
import {sigmoid} from '../../reward/sigmoid.js';
import {type Comparison, compare, type Measure} from './comparison.js';
import type {HeldOutResponse, LabelledSolution} from './measured-response.js';
import {bestOfNStatistics, outcomeAucStatistics} from './outcome-statistics.js';
import {stepStatistics} from './step-statistics.js';

/** How good a pair is, beside what it costs nothing to have: the untrained base's log-probability, its control. */
export interface TrainEvaluation {
  /** Prompts that were not learned from. */
  prompts: number;
  /** The responses to them. */
  responses: number;
  /** Solutions whose first wrong step is known. */
  solutions: number;
  /** Each figure for the pair and for its control, with 95 % bootstrap intervals over prompts, or solutions. */
  comparisons: Comparison[];
  /** What `eval best-of-n` tells of the pair; `null` without two responses to a prompt. */
  bestOfN: BestOfNEvaluation | null;
  /** The same of the control. */
  controlBestOfN: BestOfNEvaluation | null;
  /** σ of the outcome reward against correctness; `null` without a response. */
  calibration: Calibration | null;
  /** The outcome reward of each held-out response, and its control: β log π_ref. */
  outcomes: {
    /** Whether it is right. */
    correct: boolean;
    /** R(y). */
    reward: number;
    /** β log π_ref(y). */
    control: number;
  }[];
  /** What says whether the pair has learned anything. */
  beatsControl: {
    /** The measures in which the whole interval of its gain lies above 0. */
    yes: Measure[];
    /** The others. */
    no: Measure[];
  };
}

const drawing = {resamples: 1000, seed: 0};

/**
 * Measures a pair on what it was not trained on.
 *
 * @param prompts - the responses to each prompt, at least one
 */
export function evaluateTraining(
  prompts: readonly (readonly HeldOutResponse[])[],
  solutions: readonly LabelledSolution[],
): TrainEvaluation {
  const responses = prompts.flat();
  const count = commonCount(prompts);
  const several = prompts.filter(({length}) => length >= count);
  const chosen = count < 2 ? undefined : bestOfNStatistics(several, count);
  const comparisons = [
    ...(hasBoth(responses) ? compare(prompts.length, outcomeAucStatistics(prompts), drawing) : []),
    ...(chosen ? compare(several.length, chosen.statistics, drawing) : []),
    ...(solutions.some(({label}) => label >= 0)
      ? compare(solutions.length, stepStatistics(solutions), drawing)
      : []),
  ];
  const measures = (isBeaten: boolean) =>
    comparisons.filter(({beatsControl}) => beatsControl === isBeaten).map(({measure}) => measure);
  return {
    prompts: prompts.length,
    responses: responses.length,
    solutions: solutions.length,
    comparisons,
    bestOfN: chosen?.tallies.reward.evaluate(drawing) ?? null,
    controlBestOfN: chosen?.tallies.control.evaluate(drawing) ?? null,
    calibration: calibrationOf(responses),
    outcomes: responses.map(({correct, steps}) => ({
      correct,
      reward: steps.reward.at(-1)!.q,
      control: steps.control.at(-1)!.q,
    })),
    beatsControl: {yes: measures(true), no: measures(false)},
  };
}

/** The highest power of two, up to 64, that at least half of the prompts have responses for. */
function commonCount(prompts: readonly (readonly HeldOutResponse[])[]): number {
  const have = (n: number) => 2 * prompts.filter(({length}) => length >= n).length >= prompts.length;
  return [64, 32, 16, 8, 4, 2].find(n => prompts.length > 0 && have(n)) ?? 1;
}

function hasBoth(responses: readonly HeldOutResponse[]): boolean {
  return [true, false].every(kind => responses.some(({correct}) => correct === kind));
}

function calibrationOf(responses: readonly HeldOutResponse[]): Calibration | null {
  const tally = new CalibrationTally();
  for (const {steps, correct} of responses) {
    tally.add({probability: sigmoid(steps.reward.at(-1)!.q), correct});
  }

  return tally.count === 0 ? null : tally.result();
}
