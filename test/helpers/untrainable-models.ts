import {join} from 'node:path';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {elementCount, f32, type GgufTensor, type MetadataValue, str, u32, writeGguf} from './gguf-file.js';
import {policyFile, vocabularyOf} from './tiny-models.js';

const vocabularySize = 260;
const embedding = 64;
const heads = 2;
const feedForward = 96;
const experts = 4;
const inner = 2 * embedding;
const loraRank = 8;

type Shapes = Readonly<Record<string, readonly number[]>>;

/** An architecture that llama.cpp evaluates and training does not know. */
interface Recipe {
  metadata: Readonly<Record<string, MetadataValue>>;
  outer: Shapes;
  /** Of each block. */
  block: Shapes;
}

const decoder = {
  context_length: u32(512),
  embedding_length: u32(embedding),
  feed_forward_length: u32(feedForward),
  block_count: u32(2),
};
const attention = {
  ...decoder,
  'attention.head_count': u32(heads),
  'attention.head_count_kv': u32(heads),
};
const norm = (name: string, width = embedding): Shapes => ({
  [`${name}.weight`]: [width],
  [`${name}.bias`]: [width],
});
const linear = (name: string, width: number, rows: number): Shapes => ({
  [`${name}.weight`]: [width, rows],
  [`${name}.bias`]: [rows],
});
const square = (name: string): Shapes => ({[`${name}.weight`]: [embedding, embedding]});
/** A product with a matrix of a low rank. */
const low = (name: string): Shapes => ({
  [`${name}1.weight`]: [embedding, loraRank],
  [`${name}2.weight`]: [loraRank, embedding],
});
const queriesKeysValues: Shapes = {
  ...linear('attn_q', embedding, embedding),
  ...linear('attn_k', embedding, embedding),
  ...linear('attn_v', embedding, embedding),
  ...linear('attn_output', embedding, embedding),
};
const expertMatrices: Shapes = {
  'ffn_gate_inp.weight': [embedding, experts],
  'ffn_gate_exps.weight': [embedding, feedForward, experts],
  'ffn_up_exps.weight': [embedding, feedForward, experts],
  'ffn_down_exps.weight': [feedForward, embedding, experts],
};
const expertCounts = {expert_count: u32(experts), expert_used_count: u32(2)};
const linearBiases: Recipe = {
  metadata: {
    ...attention,
    'attention.layer_norm_epsilon': f32(1e-5),
    'attention.max_alibi_bias': f32(8),
  },
  outer: norm('output_norm'),
  block: {
    ...norm('attn_norm'),
    ...norm('ffn_norm'),
    ...linear('attn_qkv', embedding, 3 * embedding),
    ...linear('attn_output', embedding, embedding),
    ...linear('ffn_up', embedding, feedForward),
    ...linear('ffn_down', feedForward, embedding),
  },
};

const recipes = {
  llama: {
    metadata: {
      ...{...attention, ...expertCounts},
      'attention.layer_norm_rms_epsilon': f32(1e-5),
      'rope.dimension_count': u32(embedding / heads),
    },
    outer: {'output_norm.weight': [embedding]},
    block: {
      ...{'attn_norm.weight': [embedding], 'ffn_norm.weight': [embedding]},
      ...{...square('attn_q'), ...square('attn_k'), ...square('attn_v'), ...square('attn_output')},
      ...expertMatrices,
    },
  },
  'gpt-oss': {
    metadata: {
      ...{...attention, ...expertCounts},
      expert_feed_forward_length: u32(feedForward),
      'attention.layer_norm_rms_epsilon': f32(1e-5),
      'attention.sliding_window': u32(128),
      'rope.dimension_count': u32(embedding / heads),
    },
    outer: {'output_norm.weight': [embedding], 'output.weight': [embedding, vocabularySize]},
    block: {
      ...{'attn_norm.weight': [embedding], 'post_attention_norm.weight': [embedding]},
      ...queriesKeysValues,
      'attn_sinks.weight': [heads],
      ...expertMatrices,
      'ffn_gate_inp.bias': [experts],
      'ffn_gate_exps.bias': [feedForward, experts],
      'ffn_up_exps.bias': [feedForward, experts],
      'ffn_down_exps.bias': [embedding, experts],
    },
  },
  mpt: linearBiases,
  bloom: {...linearBiases, outer: {...linearBiases.outer, ...norm('token_embd_norm')}},
  mamba: {
    metadata: {
      ...decoder,
      'attention.layer_norm_rms_epsilon': f32(1e-5),
      'ssm.conv_kernel': u32(4),
      'ssm.inner_size': u32(inner),
      'ssm.state_size': u32(16),
      'ssm.time_step_rank': u32(4),
    },
    outer: {'output_norm.weight': [embedding]},
    block: {
      'attn_norm.weight': [embedding],
      'ssm_in.weight': [embedding, 2 * inner],
      ...linear('ssm_conv1d', 4, inner),
      'ssm_x.weight': [inner, 4 + 2 * 16],
      ...linear('ssm_dt', 4, inner),
      ...{ssm_a: [16, inner], ssm_d: [inner]},
      'ssm_out.weight': [inner, embedding],
    },
  },
  rwkv7: {
    metadata: {
      ...decoder,
      'attention.layer_norm_epsilon': f32(1e-5),
      'wkv.head_size': u32(embedding / heads),
      'attention.decay_lora_rank': u32(loraRank),
      'attention.iclr_lora_rank': u32(loraRank),
      'attention.value_residual_mix_lora_rank': u32(loraRank),
      'attention.gate_lora_rank': u32(loraRank),
      'attention.head_count': u32(0),
    },
    outer: {
      ...{...norm('token_embd_norm'), ...norm('output_norm')},
      'output.weight': [embedding, vocabularySize],
    },
    block: {
      ...{...norm('attn_norm'), ...norm('attn_norm_2'), ...norm('time_mix_ln')},
      ...{...low('time_mix_w'), ...low('time_mix_a'), ...low('time_mix_v'), ...low('time_mix_g')},
      ...Object.fromEntries(
        ['w0', 'a0', 'v0', 'k_k', 'k_a', 'r_k'].map(name => [`time_mix_${name}.weight`, [embedding]]),
      ),
      ...{...square('time_mix_key'), ...square('time_mix_value'), ...square('time_mix_receptance')},
      ...square('time_mix_output'),
      'time_mix_lerp_fused.weight': [embedding, 1, 1, 6],
      'channel_mix_lerp_k.weight': [embedding, 1, 1],
      'channel_mix_key.weight': [embedding, feedForward],
      'channel_mix_value.weight': [feedForward, embedding],
    },
  },
} satisfies Record<string, Recipe>;

export type UntrainableArchitecture = keyof typeof recipes;

/** A small model with random weights, of an architecture that can be scored with but not trained. */
export function untrainableModel(directory: string, architecture: UntrainableArchitecture): string {
  const {metadata, outer, block}: Recipe = recipes[architecture];
  const random = seededRandom(1);
  const tensor = (name: string, shape: readonly number[]): GgufTensor => {
    const values = Float32Array.from({length: elementCount(shape)}, () => 0.2 * random() - 0.1);
    return {name, shape, type: 'F32', data: new Uint8Array(values.buffer)};
  };
  const blocks = [0, 1].flatMap(index =>
    Object.entries(block).map(([name, shape]) => tensor(`blk.${index}.${name}`, shape)),
  );
  return writeGguf(join(directory, `${architecture}.gguf`), {
    metadata: new Map<string, MetadataValue>([
      ['general.architecture', str(architecture)],
      ['general.file_type', u32(0)],
      ...Object.entries(metadata).map(([key, value]) => [`${architecture}.${key}`, value] as const),
      ...vocabularyOf(policyFile),
    ]),
    tensors: [
      tensor('token_embd.weight', [embedding, vocabularySize]),
      ...Object.entries(outer).map(([name, shape]) => tensor(name, shape)),
      ...blocks,
    ],
  });
}
