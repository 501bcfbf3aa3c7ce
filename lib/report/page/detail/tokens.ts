import type {ResponseData} from '../../data/types.js';
import {unpackNumbers} from './unpack.js';
import {unpackCounts} from './unpack-counts.js';

/** A token of a response. */
export interface TokenView {
  /** Where it begins in the text. */
  start: number;
  /** The index of its step. */
  step: number;
  policy: number;
  reference: number | null;
  ratio: number;
  reward: number;
  /** The Q value behind it. */
  q: number;
}

/** Decodes the tokens of a response. */
export function tokenViews({tokens, steps}: ResponseData): TokenView[] {
  const policies = unpackNumbers(tokens.policy);
  const references = tokens.reference === null ? null : unpackNumbers(tokens.reference);
  const rewards = tokens.rewards === null ? null : unpackNumbers(tokens.rewards);
  let start = 0;
  let step = 0;
  let q = 0;
  return unpackCounts(tokens.gaps).map((gap, index) => {
    while (index >= steps.tokenEnds[step]! && step < steps.tokenEnds.length - 1) {
      // What was rounded does not add up over the steps.
      q = steps.qs[step++]!;
    }

    start += gap;
    const policy = policies[index]!;
    const reference = references?.[index] ?? null;
    const ratio = policy - (reference ?? 0);
    const reward = rewards?.[index] ?? tokens.beta! * ratio;
    q += reward;
    return {start, step, policy, reference, ratio, reward, q};
  });
}
