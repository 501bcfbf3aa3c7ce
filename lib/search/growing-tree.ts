import {setMaxListeners} from 'node:events';
import type {Continuation} from '../generate/text-generator.js';
import {extractAnswer} from '../rank/extraction/extract-answer.js';
import type {ScoredResponse} from '../score/score-types.js';
import {SearchNode} from './search-node.js';
import type {CheckedSearch} from './search-schema.js';
import type {SearchCandidate, SearchEvent, SearchSession, SearchUsage} from './search-types.js';
import {nodeKey, stepKey, stepsAmong, type WrittenStep} from './step-text.js';

/** What was written behind a node. */
export interface Growth {
  node: SearchNode;
  continuations: readonly Continuation[];
}

/** A step that is scored, or that was there before. */
type ScoredText = WrittenStep & ({same: SearchNode} | {session: SearchSession; scored: ScoredResponse});

/** The tree of a search: steps that were written are scored and become its nodes. */
export class GrowingTree {
  readonly root: SearchNode;
  readonly candidates: SearchCandidate[] = [];
  readonly #options: CheckedSearch;
  readonly #usage: SearchUsage;
  /** The caller's, as one that many steps listen to at once. */
  readonly #signal: AbortSignal | undefined;
  readonly #nodes: SearchNode[] = [];

  /**
   * @param session - of the response before its first step
   * @param usage - is added to with each step that is scored
   */
  constructor(session: SearchSession, options: CheckedSearch, usage: SearchUsage) {
    if (options.signal) {
      this.#signal = AbortSignal.any([options.signal]);
      setMaxListeners(0, this.#signal);
    }

    this.#options = options;
    this.#usage = usage;
    this.root = new SearchNode(0, null, '', session, null);
    this.#nodes.push(this.root);
  }

  /** All nodes, by their numbers. */
  get nodes(): readonly SearchNode[] {
    return this.#nodes;
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

  /**
   * Adds what was written.
   *
   * @returns for each growth and continuation the node that it became; nothing for what is no step
   */
  async *growAll(growths: readonly Growth[]): AsyncGenerator<SearchEvent, (SearchNode | undefined)[][]> {
    this.#options.signal?.throwIfAborted();
    // All of them at once, so that the pair evaluates them together.
    const scored = await Promise.all(growths.map(async growth => this.#score(growth)));
    const grown: (SearchNode | undefined)[][] = [];
    for (const [index, {node, continuations}] of growths.entries()) {
      const children = this.#add(node, scored[index]!);
      grown.push(continuations.map(one => children.get(stepKey(one, this.#options.separator))));
      const nodes = [...children.values()];
      yield {
        type: 'expanded',
        parent: node.id,
        nodes: nodes.map(one => one.toJson()),
        usage: {...this.#usage},
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
    const known = new Map(parent.children.map(child => [nodeKey(child), child]));
    const steps = stepsAmong(continuations, parent, this.#options.separator);
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
      this.#usage.scored += scored.usage.evaluated - (parent.scored?.usage.evaluated ?? 0);
      node.state = reason === 'end' ? 'finished' : reason === 'stop' ? 'open' : 'cut';
      this.#nodes.push(node);
      nodes.set(key, node);
    }

    return nodes;
  }
}
