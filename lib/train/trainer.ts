import type {GpuChoice} from '../engine/gpu-choice.js';
import type {LogListener} from '../engine/native/native-engine.js';

/** Tokens whose log-probabilities under the model that is trained are wanted. */
export interface TrainingSequence {
  /** The whole sequence: the prompt and the response. */
  tokens: Int32Array;
  /** Index of the first token that counts, at least 1. */
  from: number;
}

/** What a trainer is opened with. */
export interface TrainerOptions {
  /** The path of the model whose weights stay as they are: a GGUF file. */
  base: string;
  /** The rank r of the adapter: each product W x becomes W x + alpha / r · B A x. */
  rank: number;
  /** The adapter's scale, see `rank`. */
  alpha: number;
  /** What the adapter's A is drawn from; its B begins at 0, so that nothing is changed at first. */
  seed: number;
  /** Which blocks have an adapter: the last ones only; all if left out. */
  layers?: {last: number} | undefined;
  /** An adapter to begin with, in place of a new one. */
  initialAdapter?: string | undefined;
  /** CPU threads. */
  threads?: number | undefined;
  /** The kind of device to compute on, its first one. `'auto'`, as if left out, and `false`: the CPU. */
  gpu?: GpuChoice | undefined;
  /** The most tokens that sequences of one `forward` may have together, a shared prompt counted once. */
  maxTokens: number;
  /** Whether activations are computed anew in the backward pass rather than kept; `true` if left out. */
  checkpoint?: boolean | undefined;
  /** The most memory to use, in bytes. */
  memoryLimit?: number | undefined;
  /** Stops the opening. */
  signal?: AbortSignal | undefined;
  /** Called as the model is loaded, with the share that is, 0 … 1. */
  onProgress?: ((loaded: number) => void) | undefined;
  /** Called with what llama.cpp logs. */
  onLog?: LogListener | undefined;
}

/** What an open trainer tells of itself. */
export interface TrainerDescription {
  /** The base's, such as `llama`. */
  architecture: string;
  /** What computes: the device's own name, empty for the CPU. */
  device: string;
  /** The number of numbers that are trained. */
  parameters: number;
  /** The weights that have an adapter, such as `attn_q`. */
  targets: string[];
  /** The number of the base's blocks. */
  layers: number;
  /** How many of them have an adapter. */
  layersTrained: number;
  /** The most tokens that a sequence may have. */
  contextLength: number;
  /** In bytes. */
  memory: {
    /** The base's. */
    weights: number;
    /** The adapter's numbers and their gradients. */
    adapter: number;
    /** The optimizer's moments. */
    optimizer: number;
    /** What is kept of a forward pass for the backward pass. */
    activations: number;
    /** What the computation of one layer takes. */
    graph: number;
  };
  /** How far the trainer's log-probabilities were from llama.cpp's own, in nats, of one text. */
  selfCheck: {
    /** Of the token where it was furthest. */
    worst: number;
    /** Of all tokens. */
    mean: number;
  };
}

/** How an optimizer step is made: AdamW (arXiv 1711.05101), gradients clipped by their norm before. */
export interface OptimizerStepOptions {
  learningRate: number;
  /** By how much weights shrink, times the learning rate. */
  weightDecay: number;
  /** The longest gradient, in its Euclidean norm; longer ones are scaled down to it. */
  clip: number;
  beta1?: number | undefined;
  beta2?: number | undefined;
  epsilon?: number | undefined;
}

/**
 * A model with an adapter and its gradients. It knows tokens and log-probabilities and nothing of rewards, objectives or
 * labels: those are made of its numbers.
 */
export interface Trainer {
  /** What is trained. */
  readonly description: TrainerDescription;

  /**
   * Log-probabilities, in nats, of each sequence's tokens from its `from` on.
   *
   * @param options - `adapter`: whether the adapter is applied; `keep`: whether {@link Trainer.backward} follows
   */
  forward(
    sequences: readonly TrainingSequence[],
    options: {adapter: boolean; keep: boolean; signal?: AbortSignal | undefined},
  ): Promise<Float32Array[]>;

  /**
   * Adds the gradients of a loss L to those that there are.
   *
   * @param weights - ∂L / ∂ log π of each sequence of the last `forward` that was kept: one number for all of its tokens,
   * or one for each
   */
  backward(
    weights: readonly (number | Float32Array)[],
    options?: {signal?: AbortSignal | undefined},
  ): Promise<void>;

  /**
   * Moves the adapter against its gradients, and sets them to 0.
   *
   * @returns the Euclidean norm of the gradients before they were clipped
   */
  step(options: OptimizerStepOptions): Promise<{gradientNorm: number}>;

  /** Writes all that training goes on from: the adapter, the optimizer's moments, the number of steps. All or nothing. */
  save(path: string): Promise<void>;

  /** Goes back to what was saved. */
  restore(path: string): Promise<void>;

  /** Writes the adapter as a GGUF file for {@link openPair}, with metadata. All or nothing. */
  saveAdapter(path: string, metadata: Record<string, string | number>): Promise<void>;

  /** Frees everything; may be called again. */
  close(): Promise<void>;
}
