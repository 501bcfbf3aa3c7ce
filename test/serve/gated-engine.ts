import type {ModelEngine} from '../../lib/engine/engine.js';
import type {EngineInfo} from '../../lib/engine/engine-info.js';
import type {EvaluationOptions, Pair, SequenceLogprobs, TokenSequence} from '../../lib/index.js';
import {assemblePair} from '../../lib/pair/assemble-pair.js';

/** A call that waits for the test. */
interface Call {
  sequences: readonly TokenSequence[];
  signal: AbortSignal | undefined;
  /** Has it answered: every log-probability is 0. */
  release(): void;
  fail(error: Error): void;
}

/** An engine whose calls wait until the test has them answered, or until their signal fires. */
export class GatedEngine implements ModelEngine {
  readonly #all: Call[] = [];
  readonly #calls: Call[] = [];
  readonly #waiting: ((call: Call) => void)[] = [];

  constructor(readonly info: EngineInfo) {}

  async logprobs(
    sequences: readonly TokenSequence[],
    {signal}: EvaluationOptions = {},
  ): Promise<SequenceLogprobs> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      const call: Call = {sequences, signal, release: () => resolve(zeros(sequences)), fail: reject};
      this.#all.push(call);
      const waiting = this.#waiting.shift();
      if (waiting) {
        waiting(call);
      } else {
        this.#calls.push(call);
      }
    });
  }

  async modelLogprobs(): Promise<never> {
    throw new Error('No test asks for one model.');
  }

  /** The next call that comes, or has come. */
  async next(): Promise<Call> {
    const call = this.#calls.shift();
    return call ?? new Promise(resolve => this.#waiting.push(resolve));
  }

  /** Has all calls answered, so that a server with them can end whatever the test came to. */
  async close(): Promise<void> {
    for (const call of this.#all) {
      call.release();
    }
  }
}

/** A pair with the tokeniser of another one and a gated engine. */
export async function gatedPair(pair: Pair): Promise<{engine: GatedEngine; pair: Pair}> {
  const engine = new GatedEngine(pair.info);
  return {engine, pair: await assemblePair(engine, pair.tokeniser.inner)};
}

function zeros(sequences: readonly TokenSequence[]): SequenceLogprobs {
  const rows = () => sequences.map(({tokens, from}) => new Float32Array(tokens.length - from));
  return {
    policy: rows(),
    reference: rows(),
    evaluated: Uint32Array.from(sequences, ({tokens}) => tokens.length),
  };
}
