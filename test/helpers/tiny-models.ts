import {readFileSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {toHalves} from './float16.js';
import {
  arr,
  bool,
  elementCount,
  f32,
  type GgufFile,
  type GgufTensor,
  type MetadataValue,
  readGguf,
  type Scalar,
  str,
  u32,
  writeGguf,
  writeSplitGguf,
} from './gguf-file.js';
import {arithmeticPair} from './pairs.js';

/** The arithmetic pair. Copies are made of its policy unless another source is given. */
export const {policy: policyFile, reference: referenceFile} = arithmeticPair();

export type MetadataOverrides = Readonly<Record<string, MetadataValue | undefined>>;

/** A copy with other metadata; a value of undefined removes the key. Source and target may be the same file. */
export function withMetadata(source: string, target: string, overrides: MetadataOverrides): string {
  const {metadata, tensors} = readGguf(source);
  return writeGguf(target, {metadata: overridden(metadata, overrides), tensors});
}

/** A copy whose vocabulary has another text for one token. */
export function withOtherToken(
  directory: string,
  {source = policyFile, index = 200, text = '<|other|>'} = {},
): string {
  const tokens = arrayOf(readGguf(source), 'tokenizer.ggml.tokens');
  return withMetadata(source, pathIn(directory, source, `token-${index}`), {
    'tokenizer.ggml.tokens': arr('str', tokens.with(index, text)),
  });
}

/**
 * A copy with one token more at the end of the vocabulary, with the embedding of the last one. Unused, it only fills the
 * vocabulary up.
 */
export function withExtraToken(
  directory: string,
  {source = policyFile, text = '<|extra|>', unused = false} = {},
): string {
  const gguf = readGguf(source);
  const tokens = arrayOf(gguf, 'tokenizer.ggml.tokens');
  const types = arrayOf(gguf, 'tokenizer.ggml.token_type');
  const metadata = overridden(gguf.metadata, {
    'llama.vocab_size': u32(tokens.length + 1),
    'tokenizer.ggml.tokens': arr('str', [...tokens, text]),
    'tokenizer.ggml.token_type': arr('i32', [...types, unused ? tokenType.unused : tokenType.normal]),
  });
  const tensors = gguf.tensors.map(tensor => (isPerToken(tensor) ? withLastRowTwice(tensor) : tensor));
  return writeGguf(pathIn(directory, source, unused ? 'unused-token' : 'extra-token'), {metadata, tensors});
}

export function withoutChatTemplate(directory: string, {source = policyFile} = {}): string {
  return withMetadata(source, pathIn(directory, source, 'no-template'), {
    'tokenizer.chat_template': undefined,
  });
}

export function withChatTemplate(directory: string, template: string, {source = policyFile} = {}): string {
  return withMetadata(source, pathIn(directory, source, 'template'), {
    'tokenizer.chat_template': str(template),
  });
}

/** The same model as several files; llama.cpp loads it by the first path. */
export function splitModel(directory: string, {source = policyFile, count = 2} = {}): string[] {
  return writeSplitGguf(join(directory, basename(source, '.gguf')), readGguf(source), count);
}

/** A copy with the matrices as F16; llama.cpp wants the norms' vectors as F32. */
export function asF16(directory: string, {source = policyFile} = {}): string {
  return writeGguf(pathIn(directory, source, 'f16'), halved(readGguf(source)));
}

/** The same weights without a vocabulary. */
export function modelWithoutVocabulary(directory: string, {source = policyFile} = {}): string {
  const {metadata, tensors} = readGguf(source);
  const kept = [...metadata].filter(([key]) => !key.startsWith('tokenizer.'));
  const vocabularyFree = new Map([...kept, ['tokenizer.ggml.model', str('no_vocab')] as const]);
  return writeGguf(pathIn(directory, source, 'no-vocabulary'), {metadata: vocabularyFree, tensors});
}

export interface RandomLlamaOptions {
  /** A GGUF file whose `tokenizer.*` metadata the model takes over; one with a vocabulary alone is enough. */
  readonly vocabFrom: string;
  readonly embedding?: number;
  readonly layers?: number;
  readonly heads?: number;
  /** As many as heads unless given. */
  readonly kvHeads?: number;
  readonly feedForward?: number;
  readonly context?: number;
  /** The same seed and sizes give the same file. */
  readonly seed?: number;
  readonly type?: 'F32' | 'F16';
  /** Further metadata, or undefined for keys to leave out. */
  readonly metadata?: MetadataOverrides;
  /** The file's name, made of the vocabulary's and the seed unless given. */
  readonly name?: string;
}

/** A model of the llama architecture with small random weights and tied embeddings. */
export function randomLlama(directory: string, options: RandomLlamaOptions): string {
  const {vocabFrom, embedding = 64, layers = 2, heads = 2, kvHeads = heads} = options;
  const {feedForward = 128, context = 512, seed = 1, type = 'F32'} = options;
  const vocabulary = vocabularyOf(vocabFrom);
  const tokens = tokenCount(vocabulary);
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', str('llama')],
    ['general.name', str('Random llama')],
    ['general.file_type', u32(0)],
    ['llama.vocab_size', u32(tokens)],
    ['llama.context_length', u32(context)],
    ['llama.embedding_length', u32(embedding)],
    ['llama.block_count', u32(layers)],
    ['llama.feed_forward_length', u32(feedForward)],
    ['llama.attention.head_count', u32(heads)],
    ['llama.attention.head_count_kv', u32(kvHeads)],
    ['llama.attention.layer_norm_rms_epsilon', f32(1e-5)],
    ['llama.rope.dimension_count', u32(embedding / heads)],
    ...vocabulary,
  ]);
  const keyValueWidth = (embedding / heads) * kvHeads;
  const tensors = llamaTensors({tokens, embedding, layers, keyValueWidth, feedForward}, seededRandom(seed));
  const model = {metadata: overridden(metadata, options.metadata ?? {}), tensors};
  const name = options.name ?? `random-${basename(vocabFrom, '.gguf')}-${seed}`;
  return writeGguf(join(directory, `${name}.gguf`), type === 'F16' ? halved(model) : model);
}

export interface BertModelOptions {
  /** A GGUF file with a WordPiece vocabulary; a made-up one of 64 tokens unless given. */
  readonly vocabFrom?: string;
  readonly seed?: number;
}

/** A model that only encodes: one layer of the BERT architecture with random weights. */
export function bertModel(directory: string, {vocabFrom, seed = 1}: BertModelOptions = {}): string {
  const sizes = {embedding: 32, feedForward: 64, context: 64};
  const vocabulary = vocabFrom === undefined ? wordPieceVocabulary() : vocabularyOf(vocabFrom);
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', str('bert')],
    ['general.name', str('Random BERT')],
    ['general.file_type', u32(0)],
    ['bert.context_length', u32(sizes.context)],
    ['bert.embedding_length', u32(sizes.embedding)],
    ['bert.block_count', u32(1)],
    ['bert.feed_forward_length', u32(sizes.feedForward)],
    ['bert.attention.head_count', u32(2)],
    ['bert.attention.layer_norm_epsilon', f32(1e-12)],
    ['bert.attention.causal', bool(false)],
    ['bert.pooling_type', u32(1)], // mean
    ...vocabulary,
  ]);
  const tensors = bertTensors({...sizes, tokens: tokenCount(vocabulary)}, seededRandom(seed));
  return writeGguf(join(directory, 'bert.gguf'), {metadata, tensors});
}

export function emptyFile(directory: string): string {
  return written(join(directory, 'empty.gguf'), '');
}

export function textFile(directory: string): string {
  return written(join(directory, 'text.gguf'), 'This is a text, and no model.\n'.repeat(100));
}

/** The first half of a model: whole metadata, but tensors that end too early. */
export function truncatedModel(directory: string, {source = policyFile} = {}): string {
  const bytes = readFileSync(source);
  return written(pathIn(directory, source, 'truncated'), bytes.subarray(0, bytes.length / 2));
}

/** A file that begins as GGUF, but with wrong numbers of tensors and of metadata entries, small enough to believe. */
export function modelWithGarbageCounts(directory: string, {source = policyFile} = {}): string {
  const bytes = readFileSync(source);
  bytes.writeBigUInt64LE(0x1234n, 8);
  bytes.writeBigUInt64LE(0x7654_3210n, 16);
  return written(pathIn(directory, source, 'garbage-counts'), bytes);
}

const tokenType = {normal: 1, unknown: 2, control: 3, unused: 5} as const;

function pathIn(directory: string, source: string, suffix: string): string {
  return join(directory, `${basename(source, '.gguf')}-${suffix}.gguf`);
}

function written(path: string, content: string | Uint8Array): string {
  writeFileSync(path, content);
  return path;
}

function overridden(
  metadata: ReadonlyMap<string, MetadataValue>,
  overrides: MetadataOverrides,
): Map<string, MetadataValue> {
  const result = new Map(metadata);
  for (const [key, value] of Object.entries(overrides)) {
    if (value === undefined) result.delete(key);
    else result.set(key, value);
  }
  return result;
}

function arrayOf({metadata}: Pick<GgufFile, 'metadata'>, key: string): readonly Scalar[] {
  const value = metadata.get(key);
  if (value?.type !== 'arr') throw new Error(`No array ${key} in the file's metadata`);
  return value.value;
}

export function vocabularyOf(path: string): Map<string, MetadataValue> {
  return new Map([...readGguf(path).metadata].filter(([key]) => key.startsWith('tokenizer.')));
}

function tokenCount(metadata: ReadonlyMap<string, MetadataValue>): number {
  return arrayOf({metadata}, 'tokenizer.ggml.tokens').length;
}

function isPerToken({name}: GgufTensor): boolean {
  return name === 'token_embd.weight' || name === 'output.weight';
}

function withLastRowTwice({name, shape, type, data}: GgufTensor): GgufTensor {
  const [width, rows] = shape as [number, number];
  const lastRow = data.subarray(data.length - data.length / rows);
  return {name, shape: [width, rows + 1], type, data: Buffer.concat([data, lastRow])};
}

function halved({metadata, tensors}: GgufFile): GgufFile {
  return {
    metadata: overridden(metadata, {'general.file_type': u32(1)}),
    tensors: tensors.map(tensor =>
      tensor.type === 'F32' && tensor.shape.length === 2
        ? {...tensor, type: 'F16', data: toHalves(tensor.data)}
        : tensor,
    ),
  };
}

interface LlamaSizes {
  readonly tokens: number;
  readonly embedding: number;
  readonly layers: number;
  readonly keyValueWidth: number;
  readonly feedForward: number;
}

function llamaTensors(sizes: LlamaSizes, random: () => number): GgufTensor[] {
  const {tokens, embedding, layers, keyValueWidth, feedForward} = sizes;
  const layer = (index: number) => [
    ones(`blk.${index}.attn_norm.weight`, embedding),
    ones(`blk.${index}.ffn_norm.weight`, embedding),
    matrix(`blk.${index}.attn_q.weight`, [embedding, embedding], random),
    matrix(`blk.${index}.attn_k.weight`, [embedding, keyValueWidth], random),
    matrix(`blk.${index}.attn_v.weight`, [embedding, keyValueWidth], random),
    matrix(`blk.${index}.attn_output.weight`, [embedding, embedding], random),
    matrix(`blk.${index}.ffn_gate.weight`, [embedding, feedForward], random),
    matrix(`blk.${index}.ffn_up.weight`, [embedding, feedForward], random),
    matrix(`blk.${index}.ffn_down.weight`, [feedForward, embedding], random),
  ];
  return [
    matrix('token_embd.weight', [embedding, tokens], random),
    ones('output_norm.weight', embedding),
    ...Array.from({length: layers}, (_, index) => layer(index)).flat(),
  ];
}

interface BertSizes {
  readonly tokens: number;
  readonly embedding: number;
  readonly feedForward: number;
  readonly context: number;
}

function bertTensors(
  {tokens, embedding, feedForward, context}: BertSizes,
  random: () => number,
): GgufTensor[] {
  return [
    matrix('token_embd.weight', [embedding, tokens], random),
    matrix('position_embd.weight', [embedding, context], random),
    ...norm('token_embd_norm', embedding),
    ...projection('blk.0.attn_q', [embedding, embedding], random),
    ...projection('blk.0.attn_k', [embedding, embedding], random),
    ...projection('blk.0.attn_v', [embedding, embedding], random),
    ...projection('blk.0.attn_output', [embedding, embedding], random),
    ...norm('blk.0.attn_output_norm', embedding),
    ...projection('blk.0.ffn_up', [embedding, feedForward], random),
    ...projection('blk.0.ffn_down', [feedForward, embedding], random),
    ...norm('blk.0.layer_output_norm', embedding),
  ];
}

function norm(name: string, width: number): GgufTensor[] {
  return [ones(`${name}.weight`, width), zeros(`${name}.bias`, width)];
}

function projection(name: string, shape: readonly [number, number], random: () => number): GgufTensor[] {
  return [matrix(`${name}.weight`, shape, random), zeros(`${name}.bias`, shape[1])];
}

export function ones(name: string, size: number): GgufTensor {
  return floatTensor(name, [size], new Float32Array(size).fill(1));
}

function zeros(name: string, size: number): GgufTensor {
  return floatTensor(name, [size], new Float32Array(size));
}

/** Random weights of a variance that keeps activations, and with tied embeddings the logits, near one. */
function matrix(name: string, shape: readonly [number, number], random: () => number): GgufTensor {
  const bound = Math.sqrt(3 / shape[0]);
  const values = new Float32Array(elementCount(shape));
  for (let i = 0; i < values.length; i++) values[i] = (random() * 2 - 1) * bound;
  return floatTensor(name, shape, values);
}

function floatTensor(name: string, shape: readonly number[], values: Float32Array): GgufTensor {
  // Every platform that Node.js runs llama.cpp on is little-endian, as the file is.
  return {name, shape, type: 'F32', data: new Uint8Array(values.buffer)};
}

function wordPieceVocabulary(): Map<string, MetadataValue> {
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '[unused]'];
  const pieces = [...'abcdefghijklmnopqrstuvwxyz.,?'];
  // llama.cpp marks the pieces that begin a word rather than those that go on with one.
  const tokens = [...special, ...pieces.map(piece => `\u2581${piece}`), ...pieces];
  const types = tokens.map((_, id) => specialTokenTypes[id] ?? tokenType.normal);
  return new Map<string, MetadataValue>([
    ['tokenizer.ggml.model', str('bert')],
    ['tokenizer.ggml.pre', str('bert-bge')],
    ['tokenizer.ggml.token_type_count', u32(2)],
    ['tokenizer.ggml.tokens', arr('str', tokens)],
    ['tokenizer.ggml.token_type', arr('i32', types)],
    ['tokenizer.ggml.bos_token_id', u32(2)],
    ['tokenizer.ggml.padding_token_id', u32(0)],
    ['tokenizer.ggml.unknown_token_id', u32(1)],
    ['tokenizer.ggml.cls_token_id', u32(2)],
    ['tokenizer.ggml.seperator_token_id', u32(3)], // spelt so in llama.cpp
    ['tokenizer.ggml.mask_token_id', u32(4)],
  ]);
}

const specialTokenTypes: readonly number[] = [
  tokenType.control,
  tokenType.unknown,
  tokenType.control,
  tokenType.control,
  tokenType.control,
  tokenType.unused,
];
