import type {LikeliestTokens, ModelName, SequenceLogprobs, TokenSequence} from '../engine.js';
import type {AddonOperation, AddonProgress} from './addon-operation.js';
import type {AddonTrainer} from './addon-trainer.js';
import type {RuntimeFiles} from './runtime-files.js';

/** The native addon as `native/` defines it. Numbers of the llama.cpp enums and -1 for "none" are its own affair. */
export interface Addon {
  /** The llama.cpp release whose headers the addon was compiled against. */
  llamaVersion: string;
  Pair: new (onLog?: (level: number, text: string) => void) => AddonPair;
  Trainer: new (onLog?: (level: number, text: string) => void) => AddonTrainer;
  describeModels(runtime: RuntimeFiles, paths: readonly string[]): Promise<AddonDescriptions>;
  openVocabulary(runtime: RuntimeFiles, path: string): Promise<AddonVocabulary>;
}

export interface AddonPair {
  open(options: AddonPairOptions, onProgress?: AddonProgress): AddonOperation<AddonPairDescription>;
  evaluate(sequences: readonly TokenSequence[], onProgress?: AddonProgress): AddonOperation<SequenceLogprobs>;
  /** `likeliest` is empty unless asked for. */
  evaluateOne(
    model: ModelName,
    sequences: readonly TokenSequence[],
    likeliest: boolean,
    onProgress?: AddonProgress,
  ): AddonOperation<{logprobs: Float32Array[]; likeliest: LikeliestTokens[]; evaluated: Uint32Array}>;
  tokenise(text: string, parseSpecial: boolean): AddonOperation<AddonTokens>;
  detokenise(tokens: Int32Array): AddonOperation<string>;
  close(): Promise<void>;
}

export interface AddonPairOptions {
  runtime: RuntimeFiles;
  policy: string;
  reference: string | undefined;
  lora: string | undefined;
  gpu: string;
  gpuLayers: number;
  threads: number;
  contextSize: number | undefined;
  batchSize: number | undefined;
  cacheSize: number | undefined;
  kvCacheType: string;
  flashAttention: boolean | undefined;
  policyDevices: string[] | undefined;
  referenceDevices: string[] | undefined;
  logSoftmax: string;
  memoryLimit: number | undefined;
}

export interface AddonTokens {
  tokens: Int32Array;
  /** Byte offset of each token in the UTF-8 text, ascending. */
  starts: Uint32Array;
}

export interface AddonSpecialToken {
  token: number;
  text: string;
  stripLeft: boolean;
  stripRight: boolean;
  endsGeneration: boolean;
}

export interface AddonModelDescription {
  architecture: string;
  name: string;
  quantisation: string;
  parameters: number;
  sizeInBytes: number;
  contextLength: number;
  embeddingLength: number;
  layers: number;
  vocabularySize: number;
  beginOfText: number;
  addsBeginOfText: boolean;
  endOfText: number;
  endOfTurn: number;
  beta: number | null;
  chatTemplate: string | null;
  metadata: Record<string, string>;
}

export interface AddonPairDescription {
  policy: AddonModelDescription;
  reference: AddonModelDescription | null;
  sharesWeights: boolean;
  contextSize: number;
  batchSize: number;
  cacheSize: number;
  devices: string[];
  logSoftmax: 'graph' | 'host';
  memory: {weights: number; kvCache: number; compute: number; host: number};
  beta: number | null;
  /** Of the LoRA adapter, as text; empty without one. */
  adapterMetadata: Record<string, string>;
  specialTokens: AddonSpecialToken[];
  longestToken: number;
  unusedTokensDiffer: boolean;
}

export interface AddonVocabulary {
  model: AddonModelDescription;
  specialTokens: AddonSpecialToken[];
  longestToken: number;
  tokenise(text: string, parseSpecial: boolean): Promise<AddonTokens>;
  detokenise(tokens: Int32Array): Promise<string>;
}

export interface AddonDescriptions {
  models: AddonModelDescription[];
  differences: ({token: number; left: string | null; right: string | null} | null)[];
  unusedTokensDiffer: boolean[];
}
