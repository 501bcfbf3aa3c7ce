import {greatestSeed} from '../generate/generate-schema.js';
import type {GenerateInput, Generation} from '../generate/text-generator.js';
import type {Prompt} from '../text/prompt.js';
import type {SearchNode} from './search-node.js';
import type {CheckedSearch} from './search-schema.js';
import type {SearchGenerator, SearchUsage} from './search-types.js';

/** More than a call has continuations. */
const seedsOfACall = 4096;

/** What is to be written behind a node. */
export interface Writing extends Pick<GenerateInput, 'n' | 'stop' | 'maxTokens' | 'temperature'> {
  node: SearchNode;
}

/** Writes what a search goes on with, each call with seeds of its own, and knows when the budget is used up. */
export class SearchWriter {
  readonly #generator: SearchGenerator;
  readonly #prompt: Prompt;
  readonly #options: CheckedSearch;
  readonly #usage: SearchUsage;
  readonly #deadline: AbortSignal | undefined;
  #calls = 0;

  /** @param usage - is added to with each call */
  constructor(generator: SearchGenerator, prompt: Prompt, options: CheckedSearch, usage: SearchUsage) {
    const {seconds} = options.budget;
    this.#generator = generator;
    this.#prompt = prompt;
    this.#options = options;
    this.#usage = usage;
    this.#deadline = seconds === undefined ? undefined : AbortSignal.timeout(Math.ceil(seconds * 1000));
  }

  /** The budget that is used up, if one is. */
  get exhausted(): 'tokens' | 'seconds' | undefined {
    if (this.#deadline?.aborted) {
      return 'seconds';
    }

    return this.#usage.generated >= (this.#options.budget.tokens ?? Number.POSITIVE_INFINITY)
      ? 'tokens'
      : undefined;
  }

  /** Writes behind several nodes, in one call if the generator takes one. */
  async writeAll(calls: readonly Writing[]): Promise<Generation[]> {
    const inputs = calls.map(call => this.#inputOf(call));
    const generations = this.#generator.generateAll
      ? await this.#generator.generateAll(inputs)
      : await Promise.all(inputs.map(async input => this.#generator.generate(input)));
    this.#options.signal?.throwIfAborted();
    for (const {usage} of generations) {
      this.#usage.generated += usage.generated;
      this.#usage.evaluated += usage.evaluated;
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
}
