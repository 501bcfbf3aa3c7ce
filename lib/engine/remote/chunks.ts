import type {TokenSequence} from '../engine.js';

/** Different sequences, and for each one asked for which of them it is. */
export interface DistinctSequences {
  /** From the earliest position that any of its equals wants. */
  distinct: TokenSequence[];
  /** The index in `distinct` of each sequence. */
  indices: number[];
}

/** Takes sequences of the same tokens together. Their tokens are copied: a caller may write to its own. */
export function distinctSequences(sequences: readonly TokenSequence[]): DistinctSequences {
  const distinct: TokenSequence[] = [];
  const known = new Map<string, number>();
  const indices = sequences.map(({tokens, from}) => {
    const key = Buffer.from(tokens.buffer, tokens.byteOffset, tokens.byteLength).toString('latin1');
    const index = known.get(key);
    if (index !== undefined) {
      distinct[index]!.from = Math.min(distinct[index]!.from, from);
      return index;
    }

    known.set(key, distinct.length);
    return distinct.push({tokens: tokens.slice(), from}) - 1;
  });
  return {distinct, indices};
}

/** The most that a request may have. */
export interface ChunkLimits {
  maxSequences: number;
  maxTokens: number;
}

/**
 * Cuts sequences into chunks, in their order: those of one prompt mostly come together, and a server that remembers
 * prompts is to find them so. A sequence of more tokens than the limit is a chunk by itself.
 */
export function chunksOf(
  sequences: readonly TokenSequence[],
  {maxSequences, maxTokens}: ChunkLimits,
): TokenSequence[][] {
  const chunks: TokenSequence[][] = [];
  let tokens = 0;
  for (const sequence of sequences) {
    const last = chunks.at(-1);
    tokens += sequence.tokens.length;
    if (last && last.length < maxSequences && tokens <= maxTokens) {
      last.push(sequence);
    } else {
      chunks.push([sequence]);
      tokens = sequence.tokens.length;
    }
  }

  return chunks;
}

/** Shares out a number in whole parts that are in proportion to weights, as nearly as they can be. */
export function shareOut(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let before = 0;
  let given = 0;
  return weights.map(weight => {
    before += weight;
    const share = sum === 0 ? 0 : Math.round((total * before) / sum) - given;
    given += share;
    return share;
  });
}
