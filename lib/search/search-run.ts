import {setMaxListeners} from 'node:events';
import {greatestSeed} from '../generate/generate-schema.js';
import type {Continuation, GenerateInput, Generation} from '../generate/text-generator.js';
import {extractAnswer} from '../rank/extraction/extract-answer.js';
import type {Prompt} from '../text/prompt.js';
import {SearchNode} from './search-node.js';
import type {CheckedSearch} from './search-schema.js';
import type {SearchCandidate, SearchEvent, SearchGenerator, SearchPair, SearchUsage} from './search-types.js';

/** More than a call has continuations. */
const seedsOfACall = 4096;

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

  /**
   * Goes on from a node with one more step, in some ways. Equal ones are one node.
   *
   * @param temperature - in place of that of the options
   * @returns the nodes that came of it, those that were there before included, each once
   */
  async *expand(
    node: SearchNode,
    ways: number,
    temperature?: number,
  ): AsyncGenerator<SearchEvent, SearchNode[]> {
    this.#options.signal?.throwIfAborted();
    if (this.exhausted || node.state !== 'open' || node.depth >= this.#options.maxSteps) {
      return [];
    }

    const {separator: stop, maxStepTokens: maxTokens} = this.#options;
    const {continuations} = await this.#generate(node, ways, {stop, maxTokens, temperature});
    return yield* this.#grow(node, continuations);
  }

  /** Goes on from the root to the end in some ways, all of them written side by side. Equal steps are one node. */
  async *writeWhole(ways: number): AsyncGenerator<SearchEvent, void> {
    const {separator} = this.#options;
    const {continuations} = await this.#generate(this.root, ways);
    let growing = new Map<SearchNode, Continuation[]>([[this.root, continuations]]);
    while (growing.size > 0) {
      const next = new Map<SearchNode, Continuation[]>();
      for (const [node, rests] of growing) {
        const firsts = rests.map(rest => firstStep(rest, separator));
        const nodes = yield* this.#grow(node, firsts);
        for (const child of nodes.filter(({state}) => state === 'open')) {
          const isBegun = ({text}: Continuation) => text.startsWith(child.text);
          const left = rests
            .filter(isBegun)
            .map(rest => ({...rest, text: rest.text.slice(child.text.length)}));
          next.set(child, left);
        }
      }

      growing = next;
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
    for (const node of nodes) {
      let last = node;
      for (let step = 0; step < steps && last.state === 'open'; step++) {
        const [next] = yield* this.expand(last, 1, 0);
        if (!next) {
          break;
        }

        last = next;
      }

      node.value = last.value;
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

  async #generate(
    node: SearchNode,
    n: number,
    {temperature, ...ends}: Pick<GenerateInput, 'stop' | 'maxTokens' | 'temperature'> = {},
  ): Promise<Generation> {
    const {topP, minP, topK, seed, allowSpecialTokens, signal} = this.#options;
    const signals = [signal, this.#deadline].filter(one => one !== undefined);
    const generation = await this.#generator.generate({
      prompt: this.#prompt,
      prefix: node.response,
      n,
      ...ends,
      temperature: temperature ?? this.#options.temperature,
      topP,
      minP,
      topK,
      seed: (seed + this.#calls++ * seedsOfACall) % greatestSeed,
      allowSpecialTokens,
      ...(signals.length === 0 ? {} : {signal: AbortSignal.any(signals)}),
    });
    signal?.throwIfAborted();
    this.usage.generated += generation.usage.generated;
    this.usage.evaluated += generation.usage.evaluated;
    return generation;
  }

  /** Adds what was written to the tree. */
  async *#grow(
    node: SearchNode,
    continuations: readonly Continuation[],
  ): AsyncGenerator<SearchEvent, SearchNode[]> {
    this.#options.signal?.throwIfAborted();
    const steps = continuations.filter(
      ({reason, text}) => reason !== 'aborted' && isStep(node, text, reason),
    );
    const nodes = await this.#addAll(node, steps);
    yield {type: 'expanded', parent: node.id, nodes: nodes.map(one => one.toJson()), usage: {...this.usage}};
    for (const child of nodes) {
      if (child.state === 'finished' && !this.candidates.some(({node: id}) => id === child.id)) {
        const candidate = this.candidateOf(child);
        this.candidates.push(candidate);
        yield {type: 'finished', candidate};
      }
    }

    return nodes;
  }

  /** Scores new steps, all at once, so that the pair evaluates them together. */
  async #addAll(parent: SearchNode, continuations: readonly Continuation[]): Promise<SearchNode[]> {
    const {separator} = this.#options;
    const signal = this.#signal;
    const steps = new Map<string, {text: string; reason: Continuation['reason']; count: number}>();
    for (const {text, reason} of continuations) {
      const step = reason === 'stop' ? text + separator : text;
      const key = `${reason} ${step}`;
      steps.set(key, {text: step, reason, count: (steps.get(key)?.count ?? 0) + 1});
    }

    const known = new Map(parent.children.map(child => [`${endOf(child)} ${child.text}`, child]));
    const scored = await Promise.all(
      Array.from(steps, async ([key, step]) => {
        const same = known.get(key);
        if (same) {
          return {...step, same};
        }

        const session = parent.session.fork();
        if (step.text.trim() !== '') {
          await session.append(step.text, {signal});
        }

        return {
          ...step,
          session,
          scored: step.reason === 'end' ? await session.finish({signal}) : session.scored,
        };
      }),
    );
    return scored.map(one => {
      if ('same' in one) {
        one.same.count += one.count;
        return one.same;
      }

      const node = new SearchNode(this.#nodes.length, parent, one.text, one.session, one.scored);
      node.count = one.count;
      this.usage.scored += one.scored.usage.evaluated - (parent.scored?.usage.evaluated ?? 0);
      node.state = one.reason === 'end' ? 'finished' : one.reason === 'stop' ? 'open' : 'cut';
      this.#nodes.push(node);
      return node;
    });
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
