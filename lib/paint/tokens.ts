import type {BetaSchedule} from '../reward/beta-schedule.js';
import {stepRewards} from '../reward/step-rewards.js';
import type {ScoredTokens} from '../score/score-types.js';

/** A part of a response and the reward of the tokens that it is made of. */
export interface TokenRun {
  /** Where it begins, in UTF-16 units. */
  start: number;
  /** Where it ends. At the end of the response there may be a run without text, that of the end-of-turn token. */
  end: number;
  reward: number;
}

/**
 * Cuts a response where its tokens begin, but never within what a reader takes for one character: an emoji may be made of
 * several tokens, and an accent be a token of its own. Then the reward is the sum over all of them.
 *
 * @param response - the text
 * @param starts - where each token begins, ascending, in UTF-16 units; several may begin at the same place
 * @param rewards - of the tokens
 * @returns the runs in order; together they are the text
 */
export function tokenRuns(
  response: string,
  starts: ArrayLike<number>,
  rewards: ArrayLike<number>,
): TokenRun[] {
  const runs: TokenRun[] = [];
  let token = 0;
  const addRun = (start: number, end: number) => {
    let reward = 0;
    const first = token;
    // The last call takes the tokens that begin at the end of the text.
    while (token < starts.length && (starts[token]! < end || start === end)) {
      reward += rewards[token++]!;
    }

    const last = runs.at(-1);
    if (token > first || (!last && end > start)) {
      runs.push({start, end, reward});
    } else if (last) {
      last.end = end;
    }
  };
  for (const {index, segment} of new Intl.Segmenter().segment(response)) {
    addRun(index, index + segment.length);
  }

  addRun(response.length, response.length);
  return runs;
}

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
