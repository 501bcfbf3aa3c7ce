import type {SearchNode} from '../search-node.js';
import type {SearchRun} from '../search-run.js';
import type {CheckedMethod} from '../search-schema.js';
import type {SearchEvent} from '../search-types.js';

/**
 * Diverse verifier tree search (Hugging Face, search-and-learn): `n / beamWidth` trees, in each of which the best of
 * `beamWidth` next steps is taken until it ends the response.
 */
export async function* dvts(
  run: SearchRun,
  {n, beamWidth, lookahead}: CheckedMethod<'dvts'>,
): AsyncGenerator<SearchEvent, void> {
  let trees: SearchNode[] = Array.from({length: n / beamWidth}, () => run.root);
  while (trees.length > 0) {
    const next: SearchNode[] = [];
    const left: SearchNode[] = [];
    const grown = yield* run.expandAll(trees.map(node => ({node, ways: beamWidth})));
    yield* run.lookAhead([...new Set(grown.flat())], lookahead);
    for (const children of grown) {
      const [best, ...others] = children.toSorted((a, b) => b.value - a.value);
      left.push(...others);
      if (best?.state === 'open') {
        next.push(best);
      }
    }

    trees = next;
    // What one tree leaves another may have taken.
    yield* run.prune(left.filter(node => !trees.includes(node)));
  }
}
