import {join} from 'node:path';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {elementCount, f32, type GgufTensor, type MetadataValue, str, u32, writeGguf} from './gguf-file.js';
import {policyFile, vocabularyOf} from './tiny-models.js';

/** How an architecture differs from llama's: what of a layer there is, and how wide. */
interface Recipe {
  /** Width of a head; the embedding's share if left out. */
  head?: number;
  layerNorm?: boolean;
  /** Biases of queries, keys and values; of the attention's output; of the feed-forward. */
  biases?: {qkv?: boolean; output?: boolean; feedForward?: boolean};
  /** Norms of queries and keys, of each head or of all heads together. */
  queryKeyNorm?: 'head' | 'all';
  postNorms?: boolean;
  withoutPreNorms?: boolean;
  fusedQkv?: boolean;
  fusedGate?: boolean;
  withoutGate?: boolean;
  untied?: boolean;
  window?: number;
  /** Further metadata under the architecture's name. */
  metadata?: Record<string, number>;
}

const recipes = {
  llama: {},
  qwen2: {biases: {qkv: true}},
  qwen3: {queryKeyNorm: 'head', head: 32},
  gemma: {head: 32},
  gemma2: {
    ...{postNorms: true, head: 32, window: 64},
    metadata: {attn_logit_softcapping: 50, final_logit_softcapping: 30},
  },
  gemma3: {queryKeyNorm: 'head', postNorms: true, head: 32, window: 64},
  phi3: {fusedQkv: true, fusedGate: true, untied: true, window: 0},
  granite: {
    metadata: {'attention.scale': 0.2, embedding_scale: 2, residual_scale: 0.5, logit_scale: 2},
  },
  olmo2: {queryKeyNorm: 'all', postNorms: true, withoutPreNorms: true, untied: true},
  glm4: {postNorms: true, fusedGate: true, untied: true},
  starcoder2: {
    ...{layerNorm: true, withoutGate: true, untied: true},
    biases: {qkv: true, output: true, feedForward: true},
  },
  smollm3: {},
  stablelm: {layerNorm: true, untied: true},
  internlm2: {untied: true},
  exaone: {untied: true},
  ernie4_5: {untied: true},
} satisfies Record<string, Recipe>;

export type Architecture = keyof typeof recipes;
export const architectures = Object.keys(recipes) as Architecture[];

export interface RandomDecoderOptions {
  seed?: number;
  layers?: number;
  /** Instead of the architecture's own. */
  window?: number;
  context?: number;
}

const sizes = {embedding: 64, heads: 4, kvHeads: 2, feedForward: 96};

/** A small model of an architecture with random weights and the vocabulary of the bundled pair. */
export function randomDecoder(
  directory: string,
  architecture: Architecture,
  {seed = 1, layers = 2, window, context = 512}: RandomDecoderOptions = {},
): string {
  const recipe: Recipe = {...recipes[architecture], ...(window === undefined ? {} : {window})};
  const make = new TensorMaker(seed);
  const vocabulary = vocabularyOf(policyFile);
  const tensors = [
    ...outerTensors(recipe, make),
    ...Array.from({length: layers}, (_, index) => layerTensors(recipe, make, `blk.${index}.`)).flat(),
  ];
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', str(architecture)],
    ['general.file_type', u32(0)],
    ...Object.entries(metadataOf(recipe, layers, context)).map(
      ([key, value]) => [`${architecture}.${key}`, value] as const,
    ),
    ...vocabulary,
  ]);
  return writeGguf(join(directory, `${architecture}-${seed}-${layers}-${window ?? 'own'}.gguf`), {
    metadata,
    tensors,
  });
}

function metadataOf(recipe: Recipe, layers: number, context: number): Record<string, MetadataValue> {
  const {head = sizes.embedding / sizes.heads, layerNorm, window, metadata = {}} = recipe;
  return {
    block_count: u32(layers),
    context_length: u32(context),
    embedding_length: u32(sizes.embedding),
    feed_forward_length: u32(sizes.feedForward),
    'attention.head_count': u32(sizes.heads),
    'attention.head_count_kv': u32(sizes.kvHeads),
    'attention.key_length': u32(head),
    'attention.value_length': u32(head),
    'rope.dimension_count': u32(head),
    'rope.freq_base': f32(10_000),
    [`attention.layer_norm_${layerNorm ? '' : 'rms_'}epsilon`]: f32(1e-6),
    ...(window === undefined ? {} : {'attention.sliding_window': u32(window)}),
    ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, f32(value)])),
  };
}

function outerTensors({layerNorm = false, untied}: Recipe, make: TensorMaker): GgufTensor[] {
  const vocabularySize = 260;
  return [
    make.matrix('token_embd', sizes.embedding, vocabularySize, 0.5),
    ...make.norm('output_norm', sizes.embedding, layerNorm),
    ...(untied ? [make.matrix('output', sizes.embedding, vocabularySize)] : []),
  ];
}

function layerTensors(recipe: Recipe, make: TensorMaker, prefix: string): GgufTensor[] {
  const {layerNorm = false, postNorms, withoutPreNorms} = recipe;
  const norms = [
    ...(withoutPreNorms ? [] : ['attn_norm', 'ffn_norm']),
    ...(postNorms ? ['post_attention_norm', 'post_ffw_norm'] : []),
  ];
  return [
    ...norms.flatMap(name => make.norm(`${prefix}${name}`, sizes.embedding, layerNorm)),
    ...attentionTensors(recipe, make, prefix),
    ...feedForwardTensors(recipe, make, prefix),
  ];
}

function attentionTensors(recipe: Recipe, make: TensorMaker, prefix: string): GgufTensor[] {
  const {embedding, heads, kvHeads} = sizes;
  const {head = embedding / heads, biases = {}, fusedQkv, queryKeyNorm} = recipe;
  const widths = {q: heads * head, k: kvHeads * head, v: kvHeads * head};
  const inputs = fusedQkv ? {qkv: widths.q + widths.k + widths.v} : widths;
  const normWidth = (width: number) => (queryKeyNorm === 'head' ? head : width);
  return [
    ...Object.entries(inputs).flatMap(([name, width]) =>
      make.projection(`${prefix}attn_${name}`, embedding, width, biases.qkv),
    ),
    ...make.projection(`${prefix}attn_output`, widths.q, embedding, biases.output),
    ...(queryKeyNorm
      ? [
          ...make.norm(`${prefix}attn_q_norm`, normWidth(widths.q), false),
          ...make.norm(`${prefix}attn_k_norm`, normWidth(widths.k), false),
        ]
      : []),
  ];
}

function feedForwardTensors(recipe: Recipe, make: TensorMaker, prefix: string): GgufTensor[] {
  const {embedding, feedForward} = sizes;
  const {biases = {}, fusedGate, withoutGate} = recipe;
  return [
    ...make.projection(
      `${prefix}ffn_up`,
      embedding,
      fusedGate ? 2 * feedForward : feedForward,
      biases.feedForward,
    ),
    ...(fusedGate || withoutGate ? [] : [make.matrix(`${prefix}ffn_gate`, embedding, feedForward)]),
    ...make.projection(`${prefix}ffn_down`, feedForward, embedding, biases.feedForward),
  ];
}

/** Tensors of normally distributed numbers, the same for the same seed. */
class TensorMaker {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  matrix(name: string, width: number, rows: number, deviation = 0.15): GgufTensor {
    return this.#tensor(`${name}.weight`, [width, rows], 0, deviation);
  }

  projection(name: string, width: number, rows: number, hasBias = false): GgufTensor[] {
    const weight = this.matrix(name, width, rows);
    return hasBias ? [weight, this.#tensor(`${name}.bias`, [rows], 0, 0.15)] : [weight];
  }

  norm(name: string, width: number, hasBias: boolean): GgufTensor[] {
    const weight = this.#tensor(`${name}.weight`, [width], 1, 0.1);
    return hasBias ? [weight, this.#tensor(`${name}.bias`, [width], 0, 0.15)] : [weight];
  }

  #tensor(name: string, shape: readonly number[], mean: number, deviation: number): GgufTensor {
    const values = Float32Array.from({length: elementCount(shape)}, () => mean + deviation * this.#normal());
    return {name, shape, type: 'F32', data: new Uint8Array(values.buffer)};
  }

  #normal(): number {
    // Box–Muller; 1 − u is never 0.
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()));
    return radius * Math.cos(2 * Math.PI * this.#random());
  }
}
