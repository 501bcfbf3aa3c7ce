import type {BetaSchedule} from '../reward/beta-schedule.js';
import {stepRewards} from '../reward/step-rewards.js';
import type {ScoredTokens} from '../score/score-types.js';

/**
 * The reward β w_t ρ_t of every token of a scored response.
 *
 * @returns as many as tokens
 */
export function tokenRewards(
  {ids, policyLogprobs, referenceLogprobs}: ScoredTokens,
  {beta, betaSchedule}: {beta: number; betaSchedule?: BetaSchedule | undefined},
): number[] {
  // Every token a step of its own.
  const stepEnds = Array.from(ids, (_, index) => index + 1);
  return stepEnds.length === 0
    ? []
    : stepRewards({
        policyLogprobs,
        referenceLogprobs: referenceLogprobs ?? undefined,
        stepEnds,
        beta,
        betaSchedule,
      }).map(({reward}) => reward);
}
