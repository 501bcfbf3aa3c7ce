import type {Continuation, Generation} from '../generate/text-generator.js';
import type {Prompt} from '../text/prompt.js';
import {GrowingTree, type Growth} from './growing-tree.js';
import type {SearchNode} from './search-node.js';
import type {CheckedSearch} from './search-schema.js';
import type {SearchCandidate, SearchEvent, SearchGenerator, SearchPair, SearchUsage} from './search-types.js';
import {SearchWriter} from './search-writer.js';
import {firstStep} from './step-text.js';

/** A node to go on from, and in how many ways. */
export interface Expansion {
  node: SearchNode;
  ways: number;
}

/** A search under way: its tree, what it has taken, and the moves that methods are made of. */
export class SearchRun {
  readonly usage: SearchUsage = {generated: 0, evaluated: 0, scored: 0};
  readonly #options: CheckedSearch;
  readonly #writer: SearchWriter;
  readonly #tree: GrowingTree;

  constructor(pair: SearchPair, generator: SearchGenerator, prompt: Prompt, options: CheckedSearch) {
    const {allowSpecialTokens, scoring} = options;
    this.#options = options;
    this.#writer = new SearchWriter(generator, prompt, options, this.usage);
    const session = pair.session(prompt, {allowSpecialTokens, ...scoring});
    this.#tree = new GrowingTree(session, options, this.usage);
  }

  get root(): SearchNode {
    return this.#tree.root;
  }

  /** All nodes, by their numbers. */
  get nodes(): readonly SearchNode[] {
    return this.#tree.nodes;
  }

  /** The finished responses, in the order they were finished. */
  get candidates(): readonly SearchCandidate[] {
    return this.#tree.candidates;
  }

  /** The budget that is used up, if one is. */
  get exhausted(): 'tokens' | 'seconds' | undefined {
    return this.#writer.exhausted;
  }

  /** How many responses are finished, each counted as often as it was generated. */
  get finished(): number {
    return this.candidates.reduce((sum, {node}) => sum + this.nodes[node]!.count, 0);
  }

  /** As {@link SearchRun.expandAll}, from one node. */
  async *expand(
    node: SearchNode,
    ways: number,
    temperature?: number,
  ): AsyncGenerator<SearchEvent, SearchNode[]> {
    const [children] = yield* this.expandAll([{node, ways}], temperature);
    return children!;
  }

  /**
   * Goes on from nodes with one more step, in some ways each: all of them are written side by side, then all are scored.
   * Equal steps behind the same node are one node.
   *
   * @param expansions - may have the same node several times
   * @param temperature - in place of that of the options
   * @returns for each the nodes that came of it, those that were there before included, each once
   */
  async *expandAll(
    expansions: readonly Expansion[],
    temperature?: number,
  ): AsyncGenerator<SearchEvent, SearchNode[][]> {
    this.#options.signal?.throwIfAborted();
    const open = expansions.filter(({node}) => this.#isOpen(node));
    const ways = new Map<SearchNode, number>();
    for (const expansion of open) {
      ways.set(expansion.node, (ways.get(expansion.node) ?? 0) + expansion.ways);
    }

    if (ways.size === 0) {
      return expansions.map(() => []);
    }

    const {separator: stop, maxStepTokens: maxTokens} = this.#options;
    const calls = Array.from(ways, ([node, n]) => ({node, n, stop, maxTokens, temperature}));
    const written = await this.#writer.writeAll(calls);
    const grown = yield* this.#tree.growAll(
      calls.map(({node}, index) => ({node, continuations: written[index]!.continuations})),
    );
    const left = new Map(calls.map(({node}, index) => [node, [...grown[index]!]]));
    return expansions.map(expansion => {
      const own = left.get(expansion.node)?.splice(0, expansion.ways) ?? [];
      return [...new Set(own.filter(node => node !== undefined))];
    });
  }

  /** Goes on from the root to the end in some ways, all of them written side by side. Equal steps are one node. */
  async *writeWhole(ways: number): AsyncGenerator<SearchEvent, void> {
    const {separator} = this.#options;
    const [{continuations}] = (await this.#writer.writeAll([{node: this.root, n: ways}])) as [Generation];
    let growing: Growth[] = [{node: this.root, continuations}];
    while (growing.length > 0) {
      const grown = yield* this.#tree.growAll(
        growing.map(({node, continuations: rests}) => ({
          node,
          continuations: rests.map(rest => firstStep(rest, separator)),
        })),
      );
      const next = new Map<SearchNode, Continuation[]>();
      for (const [index, {continuations: rests}] of growing.entries()) {
        for (const [place, child] of grown[index]!.entries()) {
          if (child?.state === 'open') {
            const rest = rests[place]!;
            const left = {...rest, text: rest.text.slice(child.text.length)};
            next.set(child, [...(next.get(child) ?? []), left]);
          }
        }
      }

      growing = Array.from(next, ([node, left]) => ({node, continuations: left}));
    }
  }

  /** Gives nodes up that may still be gone on from. */
  *prune(nodes: readonly SearchNode[]): Generator<SearchEvent, void> {
    const open = [...new Set(nodes)].filter(({state}) => state === 'open');
    for (const node of open) {
      node.state = 'pruned';
    }

    if (open.length > 0) {
      yield {type: 'pruned', nodes: open.map(({id}) => id)};
    }
  }

  /**
   * Goes on from nodes along the likeliest steps, and judges them by where that leads.
   *
   * @param steps - how many; with none they are judged by themselves
   */
  async *lookAhead(nodes: readonly SearchNode[], steps: number): AsyncGenerator<SearchEvent, void> {
    let frontier = nodes.map(node => ({from: node, last: node}));
    for (let step = 0; step < steps && frontier.length > 0; step++) {
      const ahead = yield* this.expandAll(
        frontier.map(({last}) => ({node: last, ways: 1})),
        0,
      );
      frontier = frontier.flatMap(({from}, index) => {
        const [last] = ahead[index]!;
        return last ? [{from, last}] : [];
      });
      for (const {from, last} of frontier) {
        from.value = last.value;
      }
    }
  }

  /** What a node is as a candidate. */
  candidateOf(node: SearchNode): SearchCandidate {
    return this.#tree.candidateOf(node);
  }

  #isOpen(node: SearchNode): boolean {
    return !this.exhausted && node.state === 'open' && node.depth < this.#options.maxSteps;
  }
}
