import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {readGguf} from '../helpers/gguf-file.js';
import {arithmeticPair, loraFile} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {convertAdapter, convertModel} from './convert.js';

const {reference} = arithmeticPair();
const model = convertModel(reference, temporaryDirectory());
const config = readJson(model, 'config.json');

function readJson(directory: string, name: string) {
  return JSON.parse(readFileSync(path.join(directory, name), 'utf8'));
}

/** The numbers and shapes of a safetensors file, by name. */
function readSafetensors(file: string): Map<string, {shape: number[]; values: Float32Array}> {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const {__metadata__: _, ...entries} = JSON.parse(bytes.subarray(8, start).toString()) as Record<
    string,
    {shape: number[]; data_offsets: [number, number]}
  >;
  return new Map(
    Object.entries(entries).map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, {shape, values: new Float32Array(bytes.buffer.slice(start + from, start + to))}],
    ),
  );
}

function multiply(matrix: ArrayLike<number>, x: readonly number[]): number[] {
  return Array.from({length: matrix.length / x.length}, (_, row) =>
    x.reduce((sum, value, column) => sum + matrix[row * x.length + column]! * value, 0),
  );
}

/** A head turned by its position: numbers are paired with their neighbours, or with those half a head away. */
function turned(head: readonly number[], position: number, pairing: 'neighbours' | 'halves'): number[] {
  const half = head.length / 2;
  const result = [...head];
  for (let i = 0; i < half; i++) {
    const [a, b] = pairing === 'neighbours' ? [2 * i, 2 * i + 1] : [i, i + half];
    const angle = position * 10_000 ** ((-2 * i) / head.length);
    result[a] = head[a]! * Math.cos(angle) - head[b]! * Math.sin(angle);
    result[b] = head[a]! * Math.sin(angle) + head[b]! * Math.cos(angle);
  }

  return result;
}

test('queries and keys agree with the GGUF file on how much a token attends to another', t => {
  const random = seededRandom(1);
  const width: number = config.head_dim;
  const vector = () => Array.from({length: config.hidden_size}, () => random() - 0.5);
  const [one, other] = [vector(), vector()];
  const attention = (
    queries: ArrayLike<number>,
    keys: ArrayLike<number>,
    pairing: 'neighbours' | 'halves',
  ) => {
    // The second query head and the first key head, three tokens apart.
    const query = turned(multiply(queries, one).slice(width, 2 * width), 5, pairing);
    const key = turned(multiply(keys, other).slice(0, width), 2, pairing);
    return query.reduce((sum, value, index) => sum + value * key[index]!, 0);
  };
  const ours = new Map(
    readGguf(reference).tensors.map(({name, data}) => [name, new Float32Array(Uint8Array.from(data).buffer)]),
  );
  const theirs = readSafetensors(path.join(model, 'model.safetensors'));
  const layer = 'model.layers.1.self_attn';
  const expected = attention(
    ours.get('blk.1.attn_q.weight')!,
    ours.get('blk.1.attn_k.weight')!,
    'neighbours',
  );
  const found = attention(
    theirs.get(`${layer}.q_proj.weight`)!.values,
    theirs.get(`${layer}.k_proj.weight`)!.values,
    'halves',
  );
  t.true(Math.abs(expected) > 1e-3);
  t.true(Math.abs(found - expected) < 1e-9 + 1e-6 * Math.abs(expected), `${found} for ${expected}`);
});

test('every weight is there, with its outermost dimension first', t => {
  const weights = readSafetensors(path.join(model, 'model.safetensors'));
  t.is(weights.size, readGguf(reference).tensors.length);
  t.deepEqual(weights.get('model.embed_tokens.weight')!.shape, [config.vocab_size, config.hidden_size]);
  t.deepEqual(weights.get('model.layers.0.mlp.down_proj.weight')!.shape, [
    config.hidden_size,
    config.intermediate_size,
  ]);
});

test('every token of the vocabulary has its number, and special ones are set apart', t => {
  const {model: bpe, added_tokens: added} = readJson(model, 'tokenizer.json');
  const ids = [
    ...Object.values(bpe.vocab as Record<string, number>),
    ...added.map(({id}: {id: number}) => id),
  ];
  t.deepEqual(
    ids.sort((a, b) => a - b),
    Array.from({length: config.vocab_size}, (_, id) => id),
  );
  t.true(added.some(({content}: {content: string}) => content === '<|im_end|>'));
  t.is(readJson(model, 'tokenizer_config.json').eos_token, '<|im_end|>');
});

test('an adapter has the rank, the scale and both matrices of each part', t => {
  const adapter = convertAdapter(loraFile, reference, temporaryDirectory());
  const {r, lora_alpha: alpha, target_modules: parts} = readJson(adapter, 'adapter_config.json');
  const weights = readSafetensors(path.join(adapter, 'adapter_model.safetensors'));
  t.deepEqual({r, alpha, parts: parts.length}, {r: 8, alpha: 8, parts: 7});
  t.is(weights.size, 2 * parts.length * config.num_hidden_layers);
  const name = 'base_model.model.model.layers.3.self_attn.k_proj';
  t.deepEqual(weights.get(`${name}.lora_A.weight`)!.shape, [r, config.hidden_size]);
  t.deepEqual(weights.get(`${name}.lora_B.weight`)!.shape, [config.num_key_value_heads * config.head_dim, r]);
});
