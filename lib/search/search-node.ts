import type {ScoredResponse} from '../score/score-types.js';
import type {NodeState, SearchSession, SearchTree} from './search-types.js';

/** A step of the tree that is searched, and the response up to it. */
export class SearchNode {
  readonly children: SearchNode[] = [];
  state: NodeState = 'open';
  /** How often it was generated. */
  count = 1;
  /** Of Monte Carlo tree search. */
  visits = 0;
  /** Of Monte Carlo tree search: the sum of what was found below. */
  found = 0;
  /** What it is judged by: its score, or that of what is ahead of it. */
  value: number;

  constructor(
    readonly id: number,
    readonly parent: SearchNode | null,
    /** The step, with the separator behind it unless it is the last. */
    readonly text: string,
    readonly session: SearchSession,
    /** The response up to here, `null` for the root. */
    readonly scored: ScoredResponse | null,
  ) {
    this.value = scored?.score ?? Number.NEGATIVE_INFINITY;
    parent?.children.push(this);
  }

  /** All text up to here. */
  get response(): string {
    return (this.parent?.response ?? '') + this.text;
  }

  /** The number of steps up to here. */
  get depth(): number {
    return this.parent ? this.parent.depth + 1 : 0;
  }

  /** The Q value after this step. */
  get q(): number {
    return this.scored?.steps.at(-1)?.q ?? 0;
  }

  /** The node alone, for the tree and for events. */
  toJson(): Omit<SearchTree, 'children'> {
    const step = this.scored?.steps.at(-1);
    return {
      id: this.id,
      text: this.text.trim(),
      reward: step?.reward ?? null,
      q: step?.q ?? null,
      score: this.scored?.score ?? null,
      count: this.count,
      state: this.state,
      visits: this.visits,
    };
  }

  /** The node with all below it. */
  toTree(): SearchTree {
    return {...this.toJson(), children: this.children.map(child => child.toTree())};
  }
}
