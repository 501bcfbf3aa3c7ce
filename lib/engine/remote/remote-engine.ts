import {ContextOverflowError} from '../../errors/context-overflow-error.js';
import {PairClosedError} from '../../errors/pair-closed-error.js';
import type {
  EvaluationOptions,
  ModelEngine,
  ModelLogprobs,
  ModelName,
  SequenceLogprobs,
  TokenSequence,
} from '../engine.js';
import type {EngineInfo} from '../engine-info.js';
import {requireNumbers} from '../require-numbers.js';
import {requireModel, requireSequences} from '../require-tokens.js';
import type {Member, MemberOptions} from './member.js';

/** The models of a remote engine, one of which may be in this process. */
export interface Members {
  policy: Member;
  reference: Member | undefined;
}

/** The engine of a pair of which a model, or both, are at a server. */
export class RemoteEngine implements ModelEngine {
  readonly #members: Members;
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(
    members: Members,
    /** What is known of the models. */
    readonly info: EngineInfo,
  ) {
    this.#members = members;
  }

  async logprobs(
    sequences: readonly TokenSequence[],
    {signal, onProgress}: EvaluationOptions = {},
  ): Promise<SequenceLogprobs> {
    this.#requireOpen();
    requireSequences(sequences);
    this.#requireShort(sequences);
    const {policy, reference} = this.#members;
    const progress = addedUp(onProgress, reference ? 2 : 1);
    const ask = (member: Member, index: number, any: AbortSignal) =>
      member.logprobs(sequences, {signal: any, onProgress: progress?.(index)});
    const [ofPolicy, ofReference] = await this.#whileOpen(signal, any =>
      Promise.all([ask(policy, 0, any), reference && ask(reference, 1, any)]),
    );
    return together(ofPolicy, ofReference);
  }

  async modelLogprobs(
    model: ModelName,
    sequences: readonly TokenSequence[],
    {signal, likeliest = false, ...options}: MemberOptions = {},
  ): Promise<ModelLogprobs> {
    this.#requireOpen();
    requireModel(model, this.info);
    requireSequences(sequences, likeliest);
    this.#requireShort(sequences);
    const member = this.#members[model]!;
    const result = await this.#whileOpen(signal, any =>
      member.logprobs(sequences, {...options, likeliest, signal: any}),
    );
    requireNumbers(model, sequences, result);
    return result;
  }

  /** Ends all requests and frees a model of this process. Resolves once it is freed; may be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort(new PairClosedError('The pair was closed while it worked.'));
    await Promise.all([this.#members.policy.close(), this.#members.reference?.close()]);
  }

  /** Does work under a signal that fires with the caller's, when the engine is closed, and when a part of it fails. */
  async #whileOpen<T>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const failing = new AbortController();
    const any = AbortSignal.any(
      [signal, this.#closing.signal, failing.signal].filter(one => one !== undefined),
    );
    try {
      return await work(any);
    } catch (error) {
      failing.abort(error);
      // Whatever the signal stopped first, it is the signal's reason that is told.
      signal?.throwIfAborted();
      this.#closing.signal.throwIfAborted();
      throw error;
    }
  }

  #requireOpen(): void {
    if (this.#closed) {
      throw new PairClosedError('The pair is closed: open another one.');
    }
  }

  #requireShort(sequences: readonly TokenSequence[]): void {
    const {contextSize} = this.info;
    const longest = Math.max(0, ...sequences.map(({tokens}) => tokens.length));
    if (longest > contextSize) {
      throw new ContextOverflowError(`A sequence has ${longest} tokens, but the context ${contextSize}.`);
    }
  }
}

/** Makes listeners of single models into one that counts all. */
function addedUp(
  onProgress: EvaluationOptions['onProgress'],
  models: number,
): ((index: number) => EvaluationOptions['onProgress']) | undefined {
  if (!onProgress) {
    return undefined;
  }

  const counts = Array.from({length: models}, () => 0);
  return index =>
    ({tokens, total}) => {
      counts[index] = tokens;
      onProgress({tokens: counts.reduce((sum, count) => sum + count, 0), total: total * models});
    };
}

function together(policy: ModelLogprobs, reference: ModelLogprobs | undefined): SequenceLogprobs {
  return {
    policy: policy.logprobs,
    reference: reference?.logprobs ?? null,
    evaluated: policy.evaluated.map((count, index) => count + (reference?.evaluated[index] ?? 0)),
  };
}
