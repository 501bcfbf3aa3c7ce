import type {Lane} from '../../utils/http/lane.js';
import type {ModelLogprobs, TokenSequence} from '../engine.js';
import {type ChunkLimits, chunksOf, type DistinctSequences, distinctSequences} from './chunks.js';
import type {Member, MemberOptions} from './member.js';
import type {ChunkLogprobs, Protocol} from './protocol.js';
import type {RemoteEngineKind} from './remote-options.js';
import type {ServedModel} from './served-model.js';
import {askSglang} from './sglang.js';
import {askServe, askVllm} from './vllm.js';

const protocols: Record<RemoteEngineKind, Protocol> = {
  vllm: askVllm,
  'implicit-prm': askServe,
  sglang: askSglang,
};

/** A model of a pair that is at a server. */
export class RemoteMember implements Member {
  readonly #limits: ChunkLimits;
  readonly #lane: Lane;

  /**
   * @param lane - the way to the model's URL, which it may share with another model there
   * @param limits - the most that a request may have
   */
  constructor(
    readonly model: ServedModel,
    lane: Lane,
    {maxSequences, maxTokens}: ChunkLimits,
  ) {
    this.#lane = lane;
    this.#limits = {maxSequences, maxTokens};
  }

  async logprobs(
    sequences: readonly TokenSequence[],
    {signal, onProgress, likeliest = false}: MemberOptions,
  ): Promise<ModelLogprobs> {
    const {distinct, indices} = distinctSequences(sequences);
    const total = countTokens(sequences);
    let tokens = total - countTokens(distinct);
    // The first chunk that fails takes the others with it.
    const failing = new AbortController();
    const either = AbortSignal.any([signal, failing.signal].filter(one => one !== undefined));
    try {
      const answers = await Promise.all(
        chunksOf(distinct, this.#limits).map(async chunk => {
          const answer = await this.#lane.run(
            this.model.id,
            async () => this.ask(chunk, either, likeliest),
            either,
          );
          tokens += countTokens(chunk);
          onProgress?.({tokens, total});
          return answer;
        }),
      );
      return inOrder(sequences, {distinct, indices}, answers);
    } catch (error) {
      failing.abort(error);
      throw error;
    }
  }

  /** Asks for sequences in one request, at once, whoever else is asking. */
  async ask(
    sequences: readonly TokenSequence[],
    signal: AbortSignal,
    likeliest = false,
  ): Promise<ChunkLogprobs> {
    const {server, engine, id, parent} = this.model;
    return protocols[engine]({server, model: id, isAdapter: parent !== null, sequences, likeliest, signal});
  }

  async close(): Promise<void> {
    // Its requests end with the signal that they were given.
  }
}

/** The last token of a sequence is only predicted. */
function countTokens(sequences: readonly TokenSequence[]): number {
  return sequences.reduce((sum, {tokens}) => sum + tokens.length - 1, 0);
}

/** Answers for distinct sequences as those for the sequences asked for; an equal one is evaluated once. */
function inOrder(
  sequences: readonly TokenSequence[],
  {distinct, indices}: DistinctSequences,
  answers: readonly ChunkLogprobs[],
): ModelLogprobs {
  const logprobs = answers.flatMap(answer => answer.logprobs);
  const likeliest = answers.flatMap(answer => answer.likeliest ?? []);
  const evaluated = answers.flatMap(answer => answer.evaluated);
  const fromOwn = <Numbers extends Float32Array | Int32Array>(numbers: Numbers, index: number) =>
    numbers.slice(sequences[index]!.from - distinct[indices[index]!]!.from) as Numbers;
  const isCounted = new Set<number>();
  return {
    logprobs: indices.map((which, index) => fromOwn(logprobs[which]!, index)),
    likeliest:
      likeliest.length === 0
        ? null
        : indices.map((which, index) => ({
            tokens: fromOwn(likeliest[which]!.tokens, index),
            logprobs: fromOwn(likeliest[which]!.logprobs, index),
          })),
    evaluated: Uint32Array.from(indices, which => {
      // Behind the last token something is predicted only where likeliest tokens are asked for.
      const count = isCounted.has(which) ? 0 : evaluated[which]! + (likeliest.length === 0 ? 0 : 1);
      isCounted.add(which);
      return count;
    }),
  };
}
