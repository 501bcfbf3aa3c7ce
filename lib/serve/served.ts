import type {Pair} from '../pair/pair.js';
import type {ScoringPair} from '../score/scoring-pair.js';
import {HttpError} from './http/http-error.js';
import {LimitedEngine} from './limited-engine.js';
import {Metrics} from './metrics.js';
import type {CheckedServerOptions} from './server-options.js';
import {TokenTexts} from './tokenizer/token-texts.js';

/** A pair as it becomes ready to be served. */
interface Ready {
  pair: Pair;
  engine: LimitedEngine;
  scoring: ScoringPair;
  texts: TokenTexts;
}

/** What all routes of a server share: the pair, once it is there, and how it is served. */
export class Served {
  readonly metrics: Metrics;
  /** Seconds since 1970: when the server was made. */
  readonly created = Math.floor(Date.now() / 1000);
  #ready: Ready | undefined;
  #ending = false;

  constructor(readonly options: CheckedServerOptions) {
    this.metrics = new Metrics({
      queueTokens: () => this.#ready?.engine.tokens ?? 0,
      usage: () => this.#ready?.pair.info.usage ?? {evaluated: 0, reused: 0},
    });
  }

  /** Has requests answered from now on. */
  begin(pair: Pair): void {
    const engine = new LimitedEngine(pair.engine, this.options.maxQueueTokens);
    const {contextSize, beta} = pair.info;
    this.#ready = {
      ...{pair, engine},
      scoring: {engine, tokeniser: pair.tokeniser, info: {contextSize, beta}},
      texts: new TokenTexts(pair.tokeniser.inner),
    };
  }

  /** No further requests are wanted. */
  end(): void {
    this.#ending = true;
  }

  /** How far it has come. */
  get state(): 'loading' | 'ready' | 'ending' {
    return this.#ending ? 'ending' : this.#ready ? 'ready' : 'loading';
  }

  /** The pair itself. */
  get pair(): Pair {
    return this.#require().pair;
  }

  /** Its engine: what it evaluates is counted in the queue. */
  get engine(): LimitedEngine {
    return this.#require().engine;
  }

  /** What each token is as a text. */
  get texts(): TokenTexts {
    return this.#require().texts;
  }

  /** The pair to score with: what it evaluates is counted in the queue. */
  get scoring(): ScoringPair {
    return this.#require().scoring;
  }

  #require(): Ready {
    if (!this.#ready) {
      throw new HttpError(503, 'The models are being loaded.', {code: 'LOADING', retryAfter: 5});
    }

    return this.#ready;
  }
}
