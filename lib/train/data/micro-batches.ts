import {grouped} from './grouped.js';
import type {TrainingExample} from './training-set.js';

/**
 * Cuts examples into what is evaluated at once. Responses to one prompt stay together as far as they fit, since their
 * prompt counts once.
 *
 * @param wanted - indices of examples
 * @param maxTokens - the most tokens of a micro-batch; an example that is longer is one by itself
 */
export function microBatches(
  examples: readonly TrainingExample[],
  wanted: readonly number[],
  maxTokens: number,
): number[][] {
  const batches: number[][] = [];
  let space = 0;
  for (const members of grouped(wanted, index => examples[index]!.group).values()) {
    const shared = commonPrefix(members.map(member => examples[member]!));
    const costs = members.map(member => examples[member]!.tokens.length - shared);
    const all = costs.reduce((sum, cost) => sum + cost, shared);
    // Those that all fit into one are not cut to fill what is left of another.
    let isBegun = false;
    for (const [index, member] of members.entries()) {
      const cost = costs[index]! + (isBegun ? 0 : shared);
      const isCut = !isBegun && all <= maxTokens && all > space;
      if (batches.length === 0 || cost > space || isCut) {
        batches.push([]);
        space = maxTokens - shared;
      } else if (!isBegun) {
        space -= shared;
      }

      isBegun = true;
      space -= costs[index]!;
      batches.at(-1)!.push(member);
    }
  }

  return batches;
}

/** How many tokens sequences have together, the prompts of those to one prompt counted once. */
export function tokensOfMicroBatch(sequences: readonly TrainingExample[]): number {
  let sum = 0;
  for (const members of grouped(sequences, ({group}) => group).values()) {
    const shared = commonPrefix(members);
    sum += members.reduce((all, {tokens}) => all + tokens.length - shared, shared);
  }

  return sum;
}

/** How many tokens of their prompts sequences have in common. */
export function commonPrefix(sequences: readonly Pick<TrainingExample, 'tokens' | 'from'>[]): number {
  const [first, ...others] = sequences;
  let length = Math.min(...sequences.map(({from}) => from));
  for (const {tokens} of others) {
    const end = tokens.subarray(0, length).findIndex((token, index) => token !== first!.tokens[index]);
    length = end === -1 ? length : end;
  }

  return length;
}
