import {ContextOverflowError} from '../../errors/context-overflow-error.js';
import {PairClosedError} from '../../errors/pair-closed-error.js';
import type {EvaluationOptions, ModelEngine, SequenceLogprobs, TokenSequence} from '../engine.js';
import type {EngineInfo} from '../engine-info.js';
import {requireSequences} from '../require-tokens.js';
import type {Member, MemberLogprobs} from './member.js';

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
    // A model that fails takes the other with it.
    const failing = new AbortController();
    const any = AbortSignal.any(
      [signal, this.#closing.signal, failing.signal].filter(one => one !== undefined),
    );
    const {policy, reference} = this.#members;
    const progress = addedUp(onProgress, reference ? 2 : 1);
    const of = async (member: Member, index: number) =>
      member.logprobs(sequences, {signal: any, onProgress: progress?.(index)});
    try {
      const [ofPolicy, ofReference] = await Promise.all([of(policy, 0), reference && of(reference, 1)]);
      return together(ofPolicy, ofReference);
    } catch (error) {
      failing.abort(error);
      // Whichever request was stopped by the signal, it is the signal's reason that is told.
      signal?.throwIfAborted();
      this.#closing.signal.throwIfAborted();
      throw error;
    }
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

function together(policy: MemberLogprobs, reference: MemberLogprobs | undefined): SequenceLogprobs {
  return {
    policy: policy.logprobs,
    reference: reference?.logprobs ?? null,
    evaluated: policy.evaluated.map((count, index) => count + (reference?.evaluated[index] ?? 0)),
  };
}
