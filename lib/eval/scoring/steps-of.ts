import type {BetaSchedule} from '../../reward/beta-schedule.js';
import {stepRewards} from '../../reward/step-rewards.js';
import {stepBoundaries} from '../../steps/step-boundaries.js';
import type {StepSpan} from '../../steps/step-span.js';
import type {StepValues} from '../step-values.js';
import type {TokenScores} from './score-cache.js';

/** How log-probabilities become rewards. */
export interface StepsOptions {
  /** The reward of one nat. */
  beta: number;
  /** How it changes over the response. */
  betaSchedule?: BetaSchedule | undefined;
  /** Leave the reference out of it. */
  withoutReference?: boolean;
}

/** Works out what the steps of a response are worth. */
export function stepsOf(
  {starts, policyLogprobs, referenceLogprobs}: TokenScores,
  spans: readonly StepSpan[],
  {beta, betaSchedule, withoutReference = false}: StepsOptions,
): StepValues[] {
  const steps = stepRewards({
    policyLogprobs,
    referenceLogprobs: withoutReference ? undefined : (referenceLogprobs ?? undefined),
    stepEnds: stepBoundaries(
      starts,
      spans.map(({start}) => start),
    ),
    beta,
    betaSchedule,
  });
  return steps.map(({reward, q}) => ({reward, q}));
}
