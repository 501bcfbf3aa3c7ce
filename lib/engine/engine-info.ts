/** What a model tells of itself. */
export interface ModelInfo {
  /** The file it was read from. */
  path: string;
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
  /** The llama.cpp release that evaluates. */
  llamaVersion: string;
}
