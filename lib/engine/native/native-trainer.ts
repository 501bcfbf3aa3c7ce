import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {PairClosedError} from '../../errors/pair-closed-error.js';
import {showValue} from '../../errors/show-value.js';
import {usefulThreads} from '../../utils/useful-threads.js';
import {type GpuChoice, gpuChoices} from '../gpu-choice.js';
import type {AddonTrainer, AddonTrainerDescription, AddonTrainingMemory} from './addon-trainer.js';
import {findRuntime} from './find-runtime.js';
import {loadAddon} from './load-addon.js';
import {type LogListener, logLevel} from './native-engine.js';
import {runOperation} from './run-operation.js';
import {writeBeside} from './write-beside.js';

/** What a trainer is opened with. */
export interface NativeTrainerOptions {
  /** The path of the model whose weights stay as they are: a GGUF file. */
  base: string;
  /** The rank r of the adapter: each product W x becomes W x + alpha / r · B A x. Multiples of 16 are fast. */
  rank: number;
  /** The adapter's scale, see `rank`. */
  alpha: number;
  /** What A is drawn from, a whole number of 0 or more; B begins at 0, so that nothing is changed at first. */
  seed: number;
  /** Which layers have an adapter: the last ones only; all if left out. */
  layers?: {last: number} | undefined;
  /** An adapter (GGUF) to begin with, of the same rank and the same weights. */
  initialAdapter?: string | undefined;
  /**
   * CPU threads. If left out, one and another for each 8 MiB of weights, as far as the process may use them: more threads
   * of a small model would only wait for each other.
   */
  threads?: number | undefined;
  /** The kind of device to compute on; the CPU for `false` and `'auto'`, and if left out. */
  gpu?: GpuChoice | undefined;
  /**
   * The most tokens of one `forward` that memory is planned for, what sequences share counted once. More are computed
   * too, in more memory, as long as that stays under `memoryLimit`.
   */
  maxTokens: number;
  /** The most tokens that a prompt and its responses have together, for the plan; `maxTokens` if left out. */
  maxTree?: number | undefined;
  /** Keep only what layers give and compute the rest anew in the backward pass; `true` if left out. */
  checkpoint?: boolean | undefined;
  /** Compute by operations that every backend of llama.cpp has, though the CPU has faster ones; `false` if left out. */
  portable?: boolean | undefined;
  /** Bytes that all may take; no limit if left out. */
  memoryLimit?: number | undefined;
  /** Stops the opening. */
  signal?: AbortSignal | undefined;
  /** Called as the model is loaded, with the share that is, 0 … 1. */
  onProgress?: ((loaded: number) => void) | undefined;
  /** Called with what llama.cpp logs. */
  onLog?: LogListener | undefined;
}

/** Numbers of the adapter under the names that they have in its file. */
export interface NamedValues {
  /** Such as `blk.0.attn_q.weight.lora_a`. */
  name: string;
  values: Float32Array;
}

interface Signalled {
  signal?: AbortSignal | undefined;
  /** Called with how many layers of how many are done. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * A model and the LoRA adapter that is trained on it, by the native addon on a thread of its own. Calls are worked off in
 * their order.
 */
export class NativeTrainer {
  /**
   * Loads a model and checks that training computes what llama.cpp does.
   *
   * @throws {@link InvalidInputError}; {@link ModelError} `MODEL_INVALID`, or `TRAINING_UNSUPPORTED` naming what of the
   * model cannot be trained; {@link EvaluationError} `OUT_OF_MEMORY` with what it would take
   */
  static async open(options: NativeTrainerOptions): Promise<NativeTrainer> {
    requireOptions(options);
    const {signal, onProgress, onLog, layers} = options;
    const {Trainer} = loadAddon();
    const trainer = new Trainer(onLog && ((level, text) => onLog(logLevel(level), text)));
    const {base, rank, alpha, seed, initialAdapter, maxTokens, maxTree, memoryLimit} = options;
    const threads = options.threads ?? (await usefulThreads(base));
    const addonOptions = {
      gpu: gpuName(options.gpu),
      ...{runtime: findRuntime(), base, rank, alpha, seed, threads, initialAdapter, maxTokens, memoryLimit},
      lastLayers: layers?.last,
      maxTree: maxTree ?? maxTokens,
      checkpoint: options.checkpoint ?? true,
      portable: options.portable ?? false,
    };
    try {
      const description = await runOperation(
        report => trainer.open(addonOptions, report),
        signal,
        onProgress,
      );
      return new NativeTrainer(trainer, description);
    } catch (error) {
      await trainer.close();
      throw error;
    }
  }

  readonly #trainer: AddonTrainer;
  /** Of the log-probabilities that the last forward gave, where it was kept. */
  #keptLengths: number[] | undefined;
  #closed: Promise<void> | undefined;

  private constructor(
    trainer: AddonTrainer,
    /** What is trained; memory in bytes as it was planned, the self-check in nats of a token's log-probability. */
    readonly description: AddonTrainerDescription,
  ) {
    this.#trainer = trainer;
  }

  /**
   * Log-probabilities, in nats, of each sequence's tokens from its `from` on. What sequences share from their start is
   * computed once.
   *
   * @param options - `adapter`: whether the adapter is applied; `keep`: whether {@link NativeTrainer.backward} is to
   * follow, which takes memory until then
   */
  async forward(
    sequences: readonly {tokens: Int32Array; from: number}[],
    {adapter, keep, signal, onProgress}: {adapter: boolean; keep: boolean} & Signalled,
  ): Promise<Float32Array[]> {
    this.#requireOpen();
    for (const [index, {tokens, from}] of sequences.entries()) {
      requireInstance(tokens, Int32Array, `sequences[${index}].tokens`);
      requireWhole(from, 1, tokens.length - 1, `sequences[${index}].from`);
    }

    this.#keptLengths = undefined;
    const logprobs = await runOperation(
      report => this.#trainer.forward(sequences, adapter, keep, report),
      signal,
      onProgress,
    );
    this.#keptLengths = keep && adapter ? logprobs.map(({length}) => length) : undefined;
    return logprobs;
  }

  /**
   * Adds the gradients of a loss L to those that there are. When it is stopped midway, all gradients are set to 0.
   *
   * @param weights - ∂L / ∂ log π of each sequence of the last `forward` that was kept: one number for all of its tokens,
   * or one for each
   */
  async backward(
    weights: readonly (number | Float32Array)[],
    {signal, onProgress}: Signalled = {},
  ): Promise<void> {
    this.#requireOpen();
    const lengths = this.#keptLengths;
    if (lengths === undefined || weights.length !== lengths.length) {
      throw new InvalidInputError(
        lengths === undefined
          ? 'backward() needs a forward() with {adapter: true, keep: true} before it, one for each.'
          : `backward() needs ${lengths.length} weights, one for each sequence, not ${weights.length}.`,
      );
    }

    const byToken = weights.map((weight, index) => weightsByToken(weight, lengths[index]!, index));
    this.#keptLengths = undefined;
    await runOperation(report => this.#trainer.backward(byToken, report), signal, onProgress);
  }

  /**
   * Moves the adapter against its gradients by AdamW (arXiv 1711.05101), and sets them to 0.
   *
   * @param options - `clip`: the longest gradient, in its Euclidean norm, longer ones being scaled down to it; 0 for none
   * @returns the Euclidean norm of the gradients before they were clipped
   */
  async step(options: {
    learningRate: number;
    weightDecay: number;
    clip: number;
    beta1?: number | undefined;
    beta2?: number | undefined;
    epsilon?: number | undefined;
  }): Promise<{gradientNorm: number}> {
    this.#requireOpen();
    const {learningRate, weightDecay, clip, beta1 = 0.9, beta2 = 0.98, epsilon = 1e-8} = options;
    const numbers = {learningRate, weightDecay, clip, beta1, beta2, epsilon};
    for (const [name, value] of Object.entries(numbers)) {
      requireNumber(value, name);
    }

    this.#keptLengths = undefined;
    const gradientNorm = await runOperation(() => this.#trainer.step(numbers));
    return {gradientNorm};
  }

  /** What is taken by now of the memory that the description plans, in bytes, as the buffers themselves say it. */
  async memoryInUse(): Promise<AddonTrainingMemory> {
    this.#requireOpen();
    return runOperation(() => this.#trainer.memoryInUse());
  }

  /** The adapter's A and B, each row by row. */
  async parameters(): Promise<NamedValues[]> {
    this.#requireOpen();
    return runOperation(() => this.#trainer.parameters());
  }

  /** The gradients so far, under the names of what they are of. */
  async gradients(): Promise<NamedValues[]> {
    this.#requireOpen();
    return runOperation(() => this.#trainer.gradients());
  }

  /** Replaces some of the adapter's numbers. */
  async setParameters(values: readonly NamedValues[]): Promise<void> {
    this.#requireOpen();
    for (const {name, values: numbers} of values) {
      requireInstance(numbers, Float32Array, `the values of ${name}`);
    }

    await runOperation(() => this.#trainer.setParameters(values));
  }

  /** Writes the adapter, the optimizer's moments and the number of steps, exactly, and all or nothing. */
  async save(path: string): Promise<void> {
    this.#requireOpen();
    await writeBeside(path, async temporary => runOperation(() => this.#trainer.saveState(temporary)));
  }

  /**
   * Goes on from what {@link NativeTrainer.save} wrote.
   *
   * @throws {@link InvalidInputError} if that was a training of other weights or another rank
   */
  async restore(path: string): Promise<void> {
    this.#requireOpen();
    this.#keptLengths = undefined;
    await runOperation(() => this.#trainer.restoreState(path));
  }

  /**
   * Writes the adapter as a GGUF file that llama.cpp and {@link openPair} take, all or nothing.
   *
   * @param metadata - to write beside what an adapter has to have; numbers become 32-bit floats
   */
  async saveAdapter(path: string, metadata: Record<string, string | number>): Promise<void> {
    this.#requireOpen();
    await writeBeside(path, async temporary =>
      runOperation(() => this.#trainer.saveAdapter(temporary, metadata)),
    );
  }

  /** Rejects what is pending and frees the model. Resolves once it is freed; may be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#trainer.close();
    return this.#closed;
  }

  /** The same as {@link NativeTrainer.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #requireOpen(): void {
    if (this.#closed) {
      throw new PairClosedError('The trainer is closed: open another one.');
    }
  }
}

function weightsByToken(weight: number | Float32Array, length: number, index: number): Float32Array {
  if (typeof weight === 'number') {
    return new Float32Array(length).fill(weight);
  }

  requireInstance(weight, Float32Array, `weights[${index}]`);
  if (weight.length !== length) {
    throw new InvalidInputError(
      `weights[${index}] has ${weight.length} numbers, but sequence ${index} ${length} log-probabilities.`,
    );
  }

  return weight;
}

/** The addon takes its input on trust. */
function requireOptions(options: NativeTrainerOptions): void {
  const {rank, alpha, seed, layers, threads, gpu, maxTokens, maxTree, memoryLimit} = options;
  requireWhole(rank, 1, 4096, 'rank');
  requireNumber(alpha, 'alpha');
  requireWhole(seed, 0, Number.MAX_SAFE_INTEGER, 'seed');
  requireWhole(maxTokens, 1, 1 << 20, 'maxTokens');
  requireWhole(maxTree ?? 1, 1, 1 << 20, 'maxTree');
  requireWhole(layers?.last ?? 1, 1, 1 << 16, 'layers.last');
  requireWhole(threads ?? 1, 1, 512, 'threads');
  requireWhole(memoryLimit ?? 1, 1, Number.MAX_SAFE_INTEGER, 'memoryLimit');
  if (gpu !== undefined && !gpuChoices.includes(gpu)) {
    throw new InvalidInputError(
      `gpu has to be 'auto', 'cuda', 'metal', 'vulkan' or false, not ${showValue(gpu)}.`,
    );
  }
}

/** By itself training takes no device: no real GPU was at hand to try it on. */
function gpuName(gpu: GpuChoice = false): string {
  return String(gpu === 'auto' ? false : gpu);
}

function requireWhole(value: number, least: number, most: number, name: string): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new InvalidInputError(
      `${name} has to be a whole number from ${least} to ${most}, not ${showValue(value)}.`,
    );
  }
}

function requireNumber(value: number, name: string): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new InvalidInputError(`${name} has to be a number of 0 or more, not ${showValue(value)}.`);
  }
}

function requireInstance(
  value: unknown,
  type: Int32ArrayConstructor | Float32ArrayConstructor,
  name: string,
): void {
  if (!(value instanceof type)) {
    throw new InvalidInputError(`${name} has to be of type ${type.name}, not ${showValue(value)}.`);
  }
}
