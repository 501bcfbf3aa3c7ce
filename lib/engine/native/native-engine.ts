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
import {requireModel, requireSequences, requireTokens} from '../require-tokens.js';
import type {AddonPair, AddonPairDescription, AddonPairOptions, AddonTokens} from './addon.js';
import type {AddonProgress} from './addon-operation.js';
import {loadAddon} from './load-addon.js';
import {modelInfo} from './model-info.js';
import {runOperation, withLibraryErrors} from './run-operation.js';

/** What llama.cpp logs: a level and one line. */
export type LogListener = (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;

/** The engine of the native addon: two models, evaluated by llama.cpp on a thread of their own. */
export class NativeEngine implements ModelEngine {
  /** Loads the models. */
  static async open(
    options: AddonPairOptions,
    {signal, onProgress, onLog}: {signal?: AbortSignal; onProgress?: AddonProgress; onLog?: LogListener},
  ): Promise<NativeEngine> {
    const {Pair, llamaVersion} = loadAddon();
    const listener = onLog && ((level: number, text: string) => onLog(logLevel(level), text));
    const pair = withLibraryErrors(() => new Pair(listener));
    try {
      const description = await runOperation(report => pair.open(options, report), signal, onProgress);
      return new NativeEngine(pair, description, engineInfo(options, description, llamaVersion));
    } catch (error) {
      await pair.close();
      throw error;
    }
  }

  readonly #pair: AddonPair;
  #closed: Promise<void> | undefined;

  private constructor(
    pair: AddonPair,
    /** What the addon tells of the pair, its vocabulary included. */
    readonly description: AddonPairDescription,
    /** What any engine tells. */
    readonly info: EngineInfo,
  ) {
    this.#pair = pair;
  }

  async logprobs(
    sequences: readonly TokenSequence[],
    {signal, onProgress}: EvaluationOptions = {},
  ): Promise<SequenceLogprobs> {
    this.#requireOpen();
    requireSequences(sequences);
    return runOperation(
      report => this.#pair.evaluate(sequences, report),
      signal,
      onProgress && ((tokens, total) => onProgress({tokens, total})),
    );
  }

  async modelLogprobs(
    model: ModelName,
    sequences: readonly TokenSequence[],
    {likeliest = false, signal, onProgress}: EvaluationOptions & {likeliest?: boolean | undefined} = {},
  ): Promise<ModelLogprobs> {
    this.#requireOpen();
    requireModel(model, this.info);
    requireSequences(sequences, likeliest);
    const result = await runOperation(
      report => this.#pair.evaluateOne(model, sequences, likeliest, report),
      signal,
      onProgress && ((tokens, total) => onProgress({tokens, total})),
    );
    const logprobs = {...result, likeliest: likeliest ? result.likeliest : null};
    requireNumbers(model, sequences, logprobs);
    return logprobs;
  }

  /**
   * Tokens of a text with no begin- or end-of-text token added, and the byte each begins at. Texts are tokenised one
   * after the other, on a thread of the pair's own.
   */
  async tokenise(
    text: string,
    parseSpecial: boolean,
    {signal}: {signal?: AbortSignal | undefined} = {},
  ): Promise<AddonTokens> {
    this.#requireOpen();
    return runOperation(() => this.#pair.tokenise(text, parseSpecial), signal);
  }

  /** The text of tokens, that of special ones included. Bytes that are no UTF-8 become U+FFFD. */
  async detokenise(tokens: Int32Array): Promise<string> {
    this.#requireOpen();
    requireTokens(tokens, 'tokens');
    return runOperation(() => this.#pair.detokenise(tokens));
  }

  /** Rejects what is pending and frees the models. Resolves once they are freed; may be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#pair.close();
    return this.#closed;
  }

  #requireOpen(): void {
    if (this.#closed) {
      throw new PairClosedError('The pair is closed: open another one.');
    }
  }
}

function engineInfo(
  {policy, reference, lora}: AddonPairOptions,
  description: AddonPairDescription,
  llamaVersion: string,
): EngineInfo {
  const {specialTokens: _special, ...rest} = description;
  return {
    ...rest,
    policy: modelInfo(policy, description.policy),
    reference: description.reference && modelInfo(reference!, description.reference),
    lora: lora ?? null,
    llamaVersion,
  };
}

/** ggml's levels are 1 for debug, 2 for info, 3 for warn, 4 for error. */
export function logLevel(level: number): 'debug' | 'info' | 'warn' | 'error' {
  return (['debug', 'info', 'warn', 'error'] as const)[level - 1] ?? 'info';
}
