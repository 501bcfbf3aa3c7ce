import {PairClosedError} from '../../errors/pair-closed-error.js';
import {onAbort} from '../../utils/on-abort.js';
import type {
  EvaluationOptions,
  ModelEngine,
  ModelLogprobs,
  ModelName,
  SequenceLogprobs,
  TokenSequence,
} from '../engine.js';
import type {EngineInfo} from '../engine-info.js';
import type {AddonPairDescription, AddonPairOptions, AddonTokens} from '../native/addon.js';
import type {AddonProgress} from '../native/addon-operation.js';
import type {LogListener} from '../native/native-engine.js';
import {runOperation} from '../native/run-operation.js';
import {requireModel, requireSequences, requireTokens} from '../require-tokens.js';
import type {CallName, Calls} from './messages.js';
import {RestartedProcess} from './restarted-process.js';

/** An engine that nobody holds any more is not closed by anybody; its process would stay as long as the host. */
const forgotten = new FinalizationRegistry<RestartedProcess>(processes => void processes.close());

/**
 * The native engine in a process of its own: whatever ends that process leaves the host alive. Calls that were pending
 * are rejected with an {@link EngineCrashedError}, the next one starts another process.
 */
export class IsolatedEngine implements ModelEngine {
  /** Loads the models. */
  static async open(
    options: AddonPairOptions,
    {signal, onProgress, onLog}: {signal?: AbortSignal; onProgress?: AddonProgress; onLog?: LogListener},
  ): Promise<IsolatedEngine> {
    const processes = new RestartedProcess(options, onLog);
    const {description, info} = await processes.open(signal, onProgress);
    return new IsolatedEngine(processes, description, info);
  }

  readonly #processes: RestartedProcess;
  #closed: Promise<void> | undefined;

  private constructor(
    processes: RestartedProcess,
    /** What the addon tells of the pair, its vocabulary included. */
    readonly description: AddonPairDescription,
    /** What any engine tells. */
    readonly info: EngineInfo,
  ) {
    this.#processes = processes;
    forgotten.register(this, processes);
  }

  /** The engine's process, `undefined` while there is none. */
  get pid(): number | undefined {
    return this.#processes.pid;
  }

  async logprobs(
    sequences: readonly TokenSequence[],
    {signal, onProgress}: EvaluationOptions = {},
  ): Promise<SequenceLogprobs> {
    this.#requireOpen();
    requireSequences(sequences);
    const report = onProgress && ((tokens: number, total: number) => onProgress({tokens, total}));
    const {policy, reference, evaluated} = await this.#call('logprobs', copies(sequences), signal, report);
    this.#processes.succeed();
    return {
      policy: policy.map(own),
      reference: reference?.map(own) ?? null,
      evaluated: own(evaluated),
    };
  }

  async modelLogprobs(
    model: ModelName,
    sequences: readonly TokenSequence[],
    {likeliest = false, signal, onProgress}: EvaluationOptions & {likeliest?: boolean | undefined} = {},
  ): Promise<ModelLogprobs> {
    this.#requireOpen();
    requireModel(model, this.info);
    requireSequences(sequences, likeliest);
    const input = {model, sequences: copies(sequences), likeliest};
    const report = onProgress && ((tokens: number, total: number) => onProgress({tokens, total}));
    const result = await this.#call('modelLogprobs', input, signal, report);
    this.#processes.succeed();
    return {
      logprobs: result.logprobs.map(own),
      likeliest:
        result.likeliest?.map(({tokens, logprobs}) => ({tokens: own(tokens), logprobs: own(logprobs)})) ??
        null,
      evaluated: own(result.evaluated),
    };
  }

  /** As of the native engine. */
  async tokenise(
    text: string,
    parseSpecial: boolean,
    {signal}: {signal?: AbortSignal | undefined} = {},
  ): Promise<AddonTokens> {
    this.#requireOpen();
    const {tokens, starts} = await this.#call('tokenise', {text, parseSpecial}, signal);
    return {tokens: own(tokens), starts: own(starts)};
  }

  /** As of the native engine. */
  async detokenise(tokens: Int32Array): Promise<string> {
    this.#requireOpen();
    requireTokens(tokens, 'tokens');
    return this.#call('detokenise', tokens.slice());
  }

  /** Rejects what is pending and ends the process. Resolves once it is gone; may be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#processes.close();
    return this.#closed;
  }

  async #call<Name extends CallName>(
    call: Name,
    input: Calls[Name]['input'],
    signal?: AbortSignal,
    onProgress?: AddonProgress,
  ): Promise<Calls[Name]['result']> {
    const engine = await unlessAborted(this.#processes.ready(), signal);
    return runOperation(report => engine.call(call, input, report), signal, onProgress);
  }

  #requireOpen(): void {
    if (this.#closed) {
      throw new PairClosedError('The pair is closed: open another one.');
    }
  }
}

/** The caller may write to its own arrays while a process is started. */
function copies(sequences: readonly TokenSequence[]): TokenSequence[] {
  return sequences.map(({tokens, from}) => ({tokens: tokens.slice(), from}));
}

/** What comes over the channel is a view of a whole message. */
function own<Numbers extends Float32Array | Int32Array | Uint32Array>(view: Numbers): Numbers {
  return view.slice() as Numbers;
}

/** The promise's value, or the signal's reason if that comes first. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let takeBack = () => {};
  const aborted = new Promise<never>((_, reject) => {
    takeBack = onAbort(signal, () => reject(signal!.reason));
  });
  try {
    // Before the wait, too: one that has fired calls nobody.
    signal?.throwIfAborted();
    return await Promise.race([promise, aborted]);
  } finally {
    promise.catch(() => {});
    takeBack();
  }
}
