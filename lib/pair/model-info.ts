import type {AddonModelDescription} from '../engine/native/addon.js';

/** What a GGUF file tells of its model. */
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

/** Makes the public description from the addon's. */
export function modelInfo(path: string, description: AddonModelDescription): ModelInfo {
  const {beginOfText: _begin, endOfText: _end, endOfTurn: _turn, ...rest} = description;
  return {path, ...rest};
}
