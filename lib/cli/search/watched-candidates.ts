import type {NodeState, SearchEvent, SearchTree} from '../../search/search-types.js';

/** A response as far as it is written: a leaf of the tree, and the steps that lead to it. */
export interface WatchedCandidate {
  /** Its last step. */
  text: string;
  /** Of its steps. */
  rewards: number[];
  /** Of the response so far. */
  score: number;
  /** How often it was generated. */
  count: number;
  state: NodeState;
}

type WatchedNode = Omit<SearchTree, 'children'> & {parent: number};

/**
 * What a search has so far, as its events tell.
 *
 * @returns the best first, those that were given up behind all others
 */
export function watchedCandidates(events: readonly SearchEvent[]): WatchedCandidate[] {
  const nodes = new Map<number, WatchedNode>();
  const pruned = new Set<number>();
  for (const event of events) {
    if (event.type === 'expanded') {
      for (const node of event.nodes) {
        nodes.set(node.id, {...node, parent: event.parent});
      }
    } else if (event.type === 'pruned') {
      for (const id of event.nodes) {
        pruned.add(id);
      }
    }
  }

  const parents = new Set(Array.from(nodes.values(), ({parent}) => parent));
  return [...nodes.values()]
    .filter(({id}) => !parents.has(id))
    .map(leaf => {
      const path = pathTo(leaf, nodes);
      const {text, score, count} = leaf;
      // What was looked ahead of a step goes with it.
      const state: NodeState = path.some(({id}) => pruned.has(id)) ? 'pruned' : leaf.state;
      return {text, rewards: path.map(({reward}) => reward ?? 0), score: score ?? 0, count, state};
    })
    .toSorted((a, b) => Number(isDropped(a)) - Number(isDropped(b)) || b.score - a.score);
}

/** Whether nothing will come of it. */
export function isDropped({state}: Pick<WatchedCandidate, 'state'>): boolean {
  return state === 'pruned' || state === 'cut';
}

function pathTo(leaf: WatchedNode, nodes: ReadonlyMap<number, WatchedNode>): WatchedNode[] {
  const path: WatchedNode[] = [];
  for (let node: WatchedNode | undefined = leaf; node; node = nodes.get(node.parent)) {
    path.unshift(node);
  }

  return path;
}
