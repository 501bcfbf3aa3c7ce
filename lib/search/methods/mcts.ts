import {sigmoid} from '../../reward/sigmoid.js';
import type {SearchNode} from '../search-node.js';
import type {SearchRun} from '../search-run.js';
import type {CheckedMethod} from '../search-schema.js';
import type {SearchEvent} from '../search-types.js';

/**
 * Monte Carlo tree search with PUCT. A node is worth the mean of σ(q) of what was found below it, the prior of a child is
 * the softmax of q among its siblings. There are no rollouts: the Q value is the value of where a simulation ends.
 * Ends with `n` different responses, or when there is nowhere left to go on.
 */
export async function* mcts(
  run: SearchRun,
  {n, beamWidth, exploration}: CheckedMethod<'mcts'>,
): AsyncGenerator<SearchEvent, void> {
  while (run.candidates.length < n && !run.exhausted) {
    const leaf = select(run.root, exploration);
    if (leaf === undefined) {
      return;
    }

    const children = yield* run.expand(leaf, beamWidth);
    if (children.length === 0) {
      // Nothing can come of it, and it is not to be chosen again.
      yield* run.prune([leaf]);
    }

    for (const child of children) {
      backUp(child, sigmoid(child.q));
    }
  }
}

/** The node without children that PUCT leads to; nothing if all that is left is finished or given up. */
function select(node: SearchNode, exploration: number): SearchNode | undefined {
  if (node.children.length === 0) {
    return node.state === 'open' ? node : undefined;
  }

  const total = node.children.reduce((sum, {q, count}) => sum + count * Math.exp(q - node.children[0]!.q), 0);
  const urgency = (child: SearchNode) => {
    const prior = (child.count * Math.exp(child.q - node.children[0]!.q)) / total;
    const value = child.visits === 0 ? sigmoid(child.q) : child.found / child.visits;
    return value + (exploration * prior * Math.sqrt(node.visits)) / (1 + child.visits);
  };
  for (const child of node.children.toSorted((a, b) => urgency(b) - urgency(a))) {
    const leaf = select(child, exploration);
    if (leaf) {
      return leaf;
    }
  }

  return undefined;
}

function backUp(from: SearchNode, value: number): void {
  for (let node: SearchNode | null = from; node; node = node.parent) {
    node.visits++;
    node.found += value;
  }
}
