import type {TokenSequence} from '../../lib/index.js';

/** The same numbers for the same seed, from 0 to below a bound. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

/** Random trees of sequences: shared prefixes of every depth, repetitions, sequences inside others. */
export function randomTree(seed: number, size = 40): TokenSequence[] {
  const random = seededRandom(seed);
  const tree: number[][] = [[1, 2, 3]];
  for (let count = 0; count < size; count++) {
    const parent = tree[random(tree.length)]!;
    const kept = parent.slice(0, 1 + random(parent.length));
    const added = Array.from({length: random(30)}, () => random(200));
    tree.push([...kept, ...added].slice(0, 300));
  }

  return tree
    .filter(tokens => tokens.length > 1)
    .map(tokens => ({tokens: Int32Array.from(tokens), from: 1 + random(tokens.length - 1)}));
}
