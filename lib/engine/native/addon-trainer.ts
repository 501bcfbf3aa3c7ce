import type {AddonOperation, AddonProgress} from './addon-operation.js';
import type {RuntimeFiles} from './runtime-files.js';

/** The addon's trainer, see `native/js/js-trainer.h`. */
export interface AddonTrainer {
  open(options: AddonTrainerOptions, onProgress?: AddonProgress): AddonOperation<AddonTrainerDescription>;
  forward(
    sequences: readonly {tokens: Int32Array; from: number}[],
    adapter: boolean,
    keep: boolean,
    onProgress?: AddonProgress,
  ): AddonOperation<Float32Array[]>;
  backward(weights: readonly Float32Array[], onProgress?: AddonProgress): AddonOperation<undefined>;
  step(options: AddonStepOptions): AddonOperation<number>;
  memoryInUse(): AddonOperation<AddonTrainingMemory>;
  parameters(): AddonOperation<AddonNamedValues[]>;
  gradients(): AddonOperation<AddonNamedValues[]>;
  setParameters(values: readonly AddonNamedValues[]): AddonOperation<undefined>;
  saveAdapter(path: string, metadata: Record<string, string | number>): AddonOperation<undefined>;
  saveState(path: string): AddonOperation<undefined>;
  restoreState(path: string): AddonOperation<undefined>;
  merge(options: AddonMergeOptions, onProgress?: AddonProgress): AddonOperation<AddonMergeResult>;
  close(): Promise<void>;
}

export interface AddonTrainerOptions {
  runtime: RuntimeFiles;
  base: string;
  initialAdapter: string | undefined;
  rank: number;
  alpha: number;
  seed: number;
  gpu: string;
  threads: number;
  lastLayers: number | undefined;
  maxTokens: number;
  maxTree: number;
  checkpoint: boolean;
  portable: boolean;
  memoryLimit: number | undefined;
}

export interface AddonTrainerDescription {
  architecture: string;
  device: string;
  parameters: number;
  targets: string[];
  layers: number;
  layersTrained: number;
  contextLength: number;
  memory: AddonTrainingMemory;
  selfCheck: {worst: number; mean: number};
}

/** In bytes. */
export interface AddonTrainingMemory {
  weights: number;
  adapter: number;
  optimizer: number;
  activations: number;
  graph: number;
}

export interface AddonStepOptions {
  learningRate: number;
  weightDecay: number;
  clip: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}

export interface AddonNamedValues {
  name: string;
  values: Float32Array;
}

export interface AddonMergeOptions {
  runtime: RuntimeFiles;
  base: string;
  adapter: string;
  output: string;
  metadata: Record<string, string | number>;
}

export interface AddonMergeResult {
  merged: number;
  tensors: number;
}
