import {setMaxListeners} from 'node:events';
import {greatestSeed} from '../generate/generate-schema.js';
import type {Continuation, GenerateInput, Generation} from '../generate/text-generator.js';
import {extractAnswer} from '../rank/extraction/extract-answer.js';
import type {ScoredResponse} from '../score/score-types.js';
import type {Prompt} from '../text/prompt.js';
import {SearchNode} from './search-node.js';
import type {CheckedSearch} from './search-schema.js';
import type {
  SearchCandidate,
  SearchEvent,
  SearchGenerator,
  SearchPair,
  SearchSession,
  SearchUsage,
} from './search-types.js';

/** More than a call has continuations. */
const seedsOfACall = 4096;

/** A node to go on from, and in how many ways. */
export interface Expansion {
  node: SearchNode;
  ways: number;
}

/** What is to be written behind a node. */
interface Writing extends Pick<GenerateInput, 'n' | 'stop' | 'maxTokens' | 'temperature'> {
  node: SearchNode;
}

/** What was written behind a node. */
interface Growth {
  node: SearchNode;
  continuations: readonly Continuation[];
}

/** A step that is scored, or that was there before. */
type ScoredText = {text: string; reason: Continuation['reason']; count: number} & (
  | {same: SearchNode}
  | {session: SearchSession; scored: ScoredResponse}
);

/** A search under way: its tree, what it has taken, and how the tree grows. */
export class SearchRun {
  readonly root: SearchNode;
  readonly candidates: SearchCandidate[] = [];
  readonly usage: SearchUsage = {generated: 0, evaluated: 0, scored: 0};
  readonly #generator: SearchGenerator;
  readonly #prompt: Prompt;
  readonly #options: CheckedSearch;
  readonly #deadline: AbortSignal | undefined;
  /** The caller's, as one that many steps listen to at once. */
  readonly #signal: AbortSignal | undefined;
  readonly #nodes: SearchNode[] = [];
  #calls = 0;

  constructor(pair: SearchPair, generator: SearchGenerator, prompt: Prompt, options: CheckedSearch) {
    const {seconds} = options.budget;
    if (options.signal) {
      this.#signal = AbortSignal.any([options.signal]);
      setMaxListeners(0, this.#signal);
    }

    this.#generator = generator;
    this.#prompt = prompt;
    this.#options = options;
    this.#deadline = seconds === undefined ? undefined : AbortSignal.timeout(Math.ceil(seconds * 1000));
    const {allowSpecialTokens} = options;
    this.root = new SearchNode(
      0,
      null,
      '',
      pair.session(prompt, {allowSpecialTokens, ...options.scoring}),
      null,
    );
    this.#nodes.push(this.root);
  }

  /** All nodes, by their numbers. */
  get nodes(): readonly SearchNode[] {
    return this.#nodes;
  }

  /** The budget that is used up, if one is. */
  get exhausted(): 'tokens' | 'seconds' | undefined {
    if (this.#deadline?.aborted) {
      return 'seconds';
    }

    return this.usage.generated >= (this.#options.budget.tokens ?? Number.POSITIVE_INFINITY)
      ? 'tokens'
      : undefined;
  }

  /** How many responses are finished, each counted as often as it was generated. */
  get finished(): number {
    return this.candidates.reduce((sum, {node}) => sum + this.#nodes[node]!.count, 0);
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
    const written = await this.#generateAll(calls);
    const grown = yield* this.#growAll(
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
    const [{continuations}] = (await this.#generateAll([{node: this.root, n: ways}])) as [Generation];
    let growing: Growth[] = [{node: this.root, continuations}];
    while (growing.length > 0) {
      const grown = yield* this.#growAll(
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
    const response = node.response.trimEnd();
    return {
      node: node.id,
      response,
      complete: node.state === 'finished',
      answer: extractAnswer(response, this.#options.extractAnswer),
      score: node.scored!.score,
      steps: node.scored!.steps,
      count: node.count,
    };
  }

  #isOpen(node: SearchNode): boolean {
    return !this.exhausted && node.state === 'open' && node.depth < this.#options.maxSteps;
  }

  /** Writes behind several nodes, in one call if the generator takes one. */
  async #generateAll(calls: readonly Writing[]): Promise<Generation[]> {
    const inputs = calls.map(call => this.#inputOf(call));
    const generations = this.#generator.generateAll
      ? await this.#generator.generateAll(inputs)
      : await Promise.all(inputs.map(async input => this.#generator.generate(input)));
    this.#options.signal?.throwIfAborted();
    for (const {usage} of generations) {
      this.usage.generated += usage.generated;
      this.usage.evaluated += usage.evaluated;
    }

    return generations;
  }

  #inputOf({node, temperature, ...ends}: Writing): GenerateInput {
    const {topP, minP, topK, seed, allowSpecialTokens, signal} = this.#options;
    const signals = [signal, this.#deadline].filter(one => one !== undefined);
    return {
      prompt: this.#prompt,
      prefix: node.response,
      ...ends,
      temperature: temperature ?? this.#options.temperature,
      topP,
      minP,
      topK,
      seed: (seed + this.#calls++ * seedsOfACall) % greatestSeed,
      allowSpecialTokens,
      ...(signals.length === 0 ? {} : {signal: AbortSignal.any(signals)}),
    };
  }

  /**
   * Adds what was written to the tree.
   *
   * @returns for each growth and continuation the node that it became; nothing for what is no step
   */
  async *#growAll(growths: readonly Growth[]): AsyncGenerator<SearchEvent, (SearchNode | undefined)[][]> {
    this.#options.signal?.throwIfAborted();
    // All of them at once, so that the pair evaluates them together.
    const scored = await Promise.all(growths.map(async growth => this.#score(growth)));
    const grown: (SearchNode | undefined)[][] = [];
    for (const [index, {node, continuations}] of growths.entries()) {
      const children = this.#add(node, scored[index]!);
      grown.push(continuations.map(one => children.get(this.#keyOf(one))));
      const nodes = [...children.values()];
      yield {
        type: 'expanded',
        parent: node.id,
        nodes: nodes.map(one => one.toJson()),
        usage: {...this.usage},
      };
      yield* this.#finish(nodes);
    }

    return grown;
  }

  *#finish(nodes: readonly SearchNode[]): Generator<SearchEvent, void> {
    for (const child of nodes) {
      if (child.state === 'finished' && !this.candidates.some(({node: id}) => id === child.id)) {
        const candidate = this.candidateOf(child);
        this.candidates.push(candidate);
        yield {type: 'finished', candidate};
      }
    }
  }

  /** Scores new steps behind a node. */
  async #score({node: parent, continuations}: Growth): Promise<Map<string, ScoredText>> {
    const known = new Map(parent.children.map(child => [`${endOf(child)} ${child.text}`, child]));
    const steps = new Map<string, {text: string; reason: Continuation['reason']; count: number}>();
    for (const one of continuations) {
      const {text, reason} = one;
      if (reason !== 'aborted' && isStep(parent, text, reason)) {
        const key = this.#keyOf(one);
        const step = reason === 'stop' ? text + this.#options.separator : text;
        steps.set(key, {text: step, reason, count: (steps.get(key)?.count ?? 0) + 1});
      }
    }

    const signal = this.#signal;
    const scored = await Promise.all(
      Array.from(steps, async ([key, step]): Promise<[string, ScoredText]> => {
        const same = known.get(key);
        if (same) {
          return [key, {...step, same}];
        }

        const session = parent.session.fork();
        if (step.text.trim() !== '') {
          await session.append(step.text, {signal});
        }

        const scored = step.reason === 'end' ? await session.finish({signal}) : session.scored;
        return [key, {...step, session, scored}];
      }),
    );
    return new Map(scored);
  }

  /** Makes nodes of steps that are scored. Their numbers do not depend on which was scored first. */
  #add(parent: SearchNode, steps: ReadonlyMap<string, ScoredText>): Map<string, SearchNode> {
    const nodes = new Map<string, SearchNode>();
    for (const [key, step] of steps) {
      if ('same' in step) {
        step.same.count += step.count;
        nodes.set(key, step.same);
        continue;
      }

      const {text, reason, count, session, scored} = step;
      const node = new SearchNode(this.#nodes.length, parent, text, session, scored);
      node.count = count;
      this.usage.scored += scored.usage.evaluated - (parent.scored?.usage.evaluated ?? 0);
      node.state = reason === 'end' ? 'finished' : reason === 'stop' ? 'open' : 'cut';
      this.#nodes.push(node);
      nodes.set(key, node);
    }

    return nodes;
  }

  /** What steps behind the same node are told apart by. */
  #keyOf({text, reason}: Continuation): string {
    return `${reason} ${reason === 'stop' ? text + this.#options.separator : text}`;
  }
}

/** A response may end without another word; a step has to say something. */
function isStep(node: SearchNode, text: string, reason: Continuation['reason']): boolean {
  return text.trim() !== '' || (reason === 'end' && node.parent !== null);
}

/** The first step of a text, as if it had been written alone. */
function firstStep(rest: Continuation, separator: string): Continuation {
  const end = rest.text.indexOf(separator);
  return end === -1 ? rest : {...rest, text: rest.text.slice(0, end), reason: 'stop', stop: separator};
}

function endOf({state}: SearchNode): Continuation['reason'] {
  switch (state) {
    case 'finished':
      return 'end';
    case 'cut':
      return 'length';
    default:
      return 'stop';
  }
}
