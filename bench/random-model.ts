import {join} from 'node:path';
import {seededRandom} from '../lib/utils/seeded-random.js';
import {
  f32,
  type GgufTensor,
  type MetadataValue,
  readGguf,
  str,
  u32,
  writeGguf,
} from '../test/helpers/gguf-file.js';
import {vocabularyFile} from '../test/helpers/llama-cpp-source.js';

/** The shapes of Qwen2.5 models, from their configurations. */
export const shapes = {
  '0.5B': {embedding: 896, layers: 24, heads: 14, kvHeads: 2, feedForward: 4864},
  '1.5B': {embedding: 1536, layers: 28, heads: 12, kvHeads: 2, feedForward: 8960},
  '7B': {embedding: 3584, layers: 28, heads: 28, kvHeads: 4, feedForward: 18_944},
} as const;

export type ShapeName = keyof typeof shapes;

/**
 * Writes a BF16 model in the shape of Qwen2.5 with random weights and the real Qwen2 tokenizer. How fast a model is does
 * not depend on what its weights are.
 *
 * @returns the path
 */
export function writeRandomModel(directory: string, shapeName: ShapeName, seed: number): string {
  const vocabulary = vocabularyFile('qwen2');
  if (vocabulary === undefined) {
    throw new Error('The llama.cpp release in use brings no ggml-vocab-qwen2.gguf.');
  }

  const shape = shapes[shapeName];
  const tokenizer = [...readGguf(vocabulary).metadata].filter(([key]) => key.startsWith('tokenizer.'));
  const tokens = new Map(tokenizer).get('tokenizer.ggml.tokens');
  if (tokens?.type !== 'arr') {
    throw new Error(`${vocabulary} has no tokens.`);
  }

  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', str('qwen2')],
    ['general.name', str(`Random weights in the shape of Qwen2.5 ${shapeName}, seed ${seed}`)],
    ['general.file_type', u32(32)],
    ['qwen2.block_count', u32(shape.layers)],
    ['qwen2.context_length', u32(32_768)],
    ['qwen2.embedding_length', u32(shape.embedding)],
    ['qwen2.feed_forward_length', u32(shape.feedForward)],
    ['qwen2.attention.head_count', u32(shape.heads)],
    ['qwen2.attention.head_count_kv', u32(shape.kvHeads)],
    ['qwen2.attention.layer_norm_rms_epsilon', f32(1e-6)],
    ['qwen2.rope.freq_base', f32(1e6)],
    ...tokenizer,
  ]);
  const path = join(directory, `qwen2.5-${shapeName}-random-${seed}-BF16.gguf`);
  return writeGguf(path, {metadata, tensors: randomTensors(shape, tokens.value.length, seed)});
}

function randomTensors(
  {embedding, layers, heads, kvHeads, feedForward}: (typeof shapes)[ShapeName],
  vocabularySize: number,
  seed: number,
): GgufTensor[] {
  const keyValueWidth = (embedding / heads) * kvHeads;
  const weights = randomWeights(vocabularySize * embedding, seed);
  let offset = 0;
  const matrix = (name: string, rows: number, columns: number): GgufTensor => {
    const size = rows * columns * 2;
    // All are cut out of one run of random numbers, each from another place, which is random enough and much faster.
    offset = (offset + 65_537 * 32) % (weights.length - size + 2);
    return {name, shape: [rows, columns], type: 'BF16', data: weights.subarray(offset, offset + size)};
  };
  const vector = (name: string, length: number, value: number): GgufTensor => ({
    name,
    shape: [length],
    type: 'F32',
    data: new Uint8Array(new Float32Array(length).fill(value).buffer),
  });
  const layer = (index: number): GgufTensor[] => {
    const name = (part: string) => `blk.${index}.${part}`;
    return [
      vector(name('attn_norm.weight'), embedding, 1),
      matrix(name('attn_q.weight'), embedding, embedding),
      vector(name('attn_q.bias'), embedding, 0.01),
      matrix(name('attn_k.weight'), embedding, keyValueWidth),
      vector(name('attn_k.bias'), keyValueWidth, 0.01),
      matrix(name('attn_v.weight'), embedding, keyValueWidth),
      vector(name('attn_v.bias'), keyValueWidth, 0.01),
      matrix(name('attn_output.weight'), embedding, embedding),
      vector(name('ffn_norm.weight'), embedding, 1),
      matrix(name('ffn_gate.weight'), embedding, feedForward),
      matrix(name('ffn_up.weight'), embedding, feedForward),
      matrix(name('ffn_down.weight'), feedForward, embedding),
    ];
  };
  return [
    {
      name: 'token_embd.weight',
      shape: [embedding, vocabularySize],
      type: 'BF16',
      data: weights,
    },
    ...Array.from({length: layers}, (_, index) => layer(index)).flat(),
    vector('output_norm.weight', embedding, 1),
  ];
}

/** BF16 numbers, spread evenly with a standard deviation of 0.02, as models are initialised. */
function randomWeights(count: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const table = Uint16Array.from({length: 1 << 20}, () => {
    const value = new Float32Array([(random() - 0.5) * 0.02 * Math.sqrt(12)]);
    return new Uint16Array(value.buffer)[1]!;
  });
  const weights = new Uint16Array(count);
  for (let at = 0; at < count; at += table.length / 2) {
    const from = Math.floor((random() * table.length) / 2);
    weights.set(table.subarray(from, from + Math.min(table.length / 2, count - at)), at);
  }

  return new Uint8Array(weights.buffer);
}
