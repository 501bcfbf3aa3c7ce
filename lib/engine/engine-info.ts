import type {RemoteEngineKind} from './remote/remote-options.js';

/** Where a model at a server is, and what the server says of it. */
export interface RemoteModelInfo {
  /** The server's address, without credentials. */
  url: string;
  /** The model's name there. */
  model: string;
  /** What the server is. */
  engine: RemoteEngineKind;
  /** Where the server has it from, `null` if it does not say. */
  root: string | null;
  /** Of an adapter the model that it is applied to, else `null`. */
  parent: string | null;
}

/** What a model tells of itself. Of one at a server most is unknown: then texts are empty and numbers 0. */
export interface ModelInfo {
  /** The file it was read from; of a model at a server its address, `#` and its name there. */
  path: string;
  /** Of a model at a server. */
  remote?: RemoteModelInfo | undefined;
  /** Such as `llama` or `qwen2`. */
  architecture: string;
  /** The model's own name, empty if it has none. */
  name: string;
  /** Such as `Q8_0` or `all F32`. */
  quantisation: string;
  /** The number of parameters. */
  parameters: number;
  /** The size of its weights in bytes. */
  sizeInBytes: number;
  /** The number of tokens it was trained on at a time. */
  contextLength: number;
  /** The width of its hidden states. */
  embeddingLength: number;
  /** The number of its transformer blocks. */
  layers: number;
  /** The number of tokens it knows. */
  vocabularySize: number;
  /** β under the key `implicit_prm.beta`, `null` if the file does not say. */
  beta: number | null;
  /** The Jinja source of its chat template, `null` if it has none. */
  chatTemplate: string | null;
  /** All scalar metadata, as text. */
  metadata: Record<string, string>;
}

/** The memory of a pair, in bytes, on whatever devices it lies. */
export interface MemoryInfo {
  /** Weights; files that are mapped are counted whole, though the system may hold less of them. */
  weights: number;
  /** Keys and values of contexts and of what is kept between calls. */
  kvCache: number;
  /** Buffers for one batch. */
  compute: number;
  /** Logits on the host, at their most. */
  host: number;
}

/** What an engine tells of the models it evaluates and of how it does. */
export interface EngineInfo {
  /** The trained model. */
  policy: ModelInfo;
  /** `null` without a reference. */
  reference: ModelInfo | null;
  /** The file of the LoRA adapter applied to the policy, `null` if there is none. */
  lora: string | null;
  /** Whether both models use one set of weights: a base and its adapter. */
  sharesWeights: boolean;
  /** β from the adapter's metadata, else from the policy's; `null` if neither says, and of any value. */
  beta: number | null;
  /** The most tokens that a sequence may have. */
  contextSize: number;
  /** Tokens evaluated at once. */
  batchSize: number;
  /** Tokens of earlier calls kept beside the latest sequence. */
  cacheSize: number;
  /** The GPUs in use; empty for the CPU alone. */
  devices: string[];
  /** Where logits become log-probabilities: in llama.cpp's graph or on the host. */
  logSoftmax: 'graph' | 'host';
  /** What both models take, in bytes. */
  memory: MemoryInfo;
  /** The llama.cpp release that evaluates; empty where none does in this process. */
  llamaVersion: string;
}
