import type {ResponseData} from '../../data/types.js';
import {unpackCounts, unpackNumbers} from './unpack.js';

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

/** What is coloured as one: a token, or the tokens of one character. */
export interface TokenCell {
  /** The index of the first token. */
  first: number;
  tokens: TokenView[];
  /** Its text; empty for an end-of-turn token. */
  text: string;
}

/**
 * Puts the tokens that make one character together, such as those of an emoji's bytes, which begin at the same place.
 *
 * @param tokens - in order
 * @param text - the response
 */
export function tokenCells(tokens: readonly TokenView[], text: string): TokenCell[] {
  const cells: TokenCell[] = [];
  for (const [index, token] of tokens.entries()) {
    const last = cells.at(-1);
    const isBehind = token.start === text.length;
    if (last && !isBehind && last.tokens[0]!.start === token.start && last.tokens[0]!.step === token.step) {
      last.tokens.push(token);
    } else {
      cells.push({first: index, tokens: [token], text: ''});
    }
  }

  for (const [index, cell] of cells.entries()) {
    // What comes before the first token is shown with it.
    const next = cells[index + 1];
    cell.text = text.slice(
      index === 0 ? 0 : cell.tokens[0]!.start,
      next ? next.tokens[0]!.start : text.length,
    );
  }

  return cells;
}
