import {sigmoid} from '../../reward/sigmoid.js';
import type {SearchNode} from '../search-node.js';
import type {SearchRun} from '../search-run.js';
import type {CheckedMethod} from '../search-schema.js';
import type {SearchEvent} from '../search-types.js';

/**
 * `n` responses. If those that seem hopeless are to be dropped on the way they are written a step at a time: of equal steps
 * each counts, and goes on by itself.
 */
export async function* bestOfN(
  run: SearchRun,
  {n, dropBelow}: CheckedMethod<'bestOfN'>,
): AsyncGenerator<SearchEvent, void> {
  if (dropBelow === undefined) {
    return yield* run.writeWhole(n);
  }

  // How many responses have come as far as a node.
  let live = new Map<SearchNode, number>([[run.root, n]]);
  while (live.size > 0) {
    const before = new Map(run.nodes.map(node => [node, node.count]));
    const expansions = Array.from(live, ([node, ways]) => ({node, ways}));
    const next = new Map<SearchNode, number>();
    for (const child of (yield* run.expandAll(expansions)).flat()) {
      next.set(child, child.count - (before.get(child) ?? 0));
    }

    const hopeless = [...next.keys()].filter(({q}) => sigmoid(q) < dropBelow);
    yield* run.prune(hopeless);
    live = new Map([...next].filter(([{state}]) => state === 'open'));
  }
}
