import {Buffer} from 'node:buffer';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {vocabularyFile} from '../helpers/llama-cpp-source.js';
import {arithmeticPair, loraFile} from '../helpers/pairs.js';
import {buildGguf, parseGguf, type RawGguf, type RawTensor, type RawValue, u32} from '../helpers/raw-gguf.js';
import {slidingWindowModel} from '../helpers/sliding-window-model.js';
import {bertModel, randomLlama} from '../helpers/tiny-models.js';

/** A file to mutate. */
export interface BaseModel {
  name: string;
  path: string;
  /** An adapter is opened on top of the arithmetic pair's reference. */
  isAdapter: boolean;
}

const sizes = {embedding: 64, layers: 2, heads: 2, feedForward: 64} as const;
const experts = 4n;
const floatType = 0;

/** Small models of several architectures and kinds of tokenizers, the arithmetic pair's policy and an adapter. */
export function makeBaseModels(directory: string): BaseModel[] {
  const {policy} = arithmeticPair();
  const llama = randomLlama(directory, {vocabFrom: policy, ...sizes, name: 'llama'});
  const model = (name: string, file: string): BaseModel => ({name, path: file, isAdapter: false});
  const spm = spmModel(directory);
  return [
    model('policy', policy),
    model('llama', llama),
    model('qwen2', qwen2Model(directory, llama)),
    model('mixture', mixtureModel(directory, llama)),
    model('gemma3', slidingWindowModel(directory, {seed: 1, window: 8})),
    model('bert', bertModel(directory)),
    ...(spm === undefined ? [] : [model('spm', spm)]),
    {name: 'adapter', path: loraFile, isAdapter: true},
  ];
}

function written(directory: string, name: string, gguf: RawGguf): string {
  const file = path.join(directory, `${name}.gguf`);
  writeFileSync(file, buildGguf(gguf));
  return file;
}

function floats(name: string, shape: bigint[], value: number): RawTensor {
  const length = Number(shape.reduce((product, size) => product * size, 1n));
  return {name, shape, type: floatType, data: Buffer.from(new Float32Array(length).fill(value).buffer)};
}

/** With biases. */
function qwen2Model(directory: string, llama: string): string {
  const {metadata, tensors} = parseGguf(readFileSync(llama));
  const width = BigInt(sizes.embedding);
  const biases = Array.from({length: sizes.layers}, (_, block) =>
    ['q', 'k', 'v'].map(part => floats(`blk.${block}.attn_${part}.bias`, [width], 0.1)),
  );
  return written(directory, 'qwen2', {
    metadata: metadata.map(value => renamed(value, 'qwen2')),
    tensors: [...tensors, ...biases.flat()],
  });
}

function renamed(value: RawValue, architecture: string): RawValue {
  return value.key === 'general.architecture'
    ? {...value, elements: [Buffer.from(architecture)]}
    : {...value, key: value.key.replace(/^llama\./u, `${architecture}.`)};
}

/** A mixture of experts. */
function mixtureModel(directory: string, llama: string): string {
  const {metadata, tensors} = parseGguf(readFileSync(llama));
  const mixed = tensors.flatMap(tensor => {
    const [block, part] = /^(blk\.\d+\.)(ffn_(?:gate|up|down))\.weight$/u.exec(tensor.name)?.slice(1) ?? [];
    if (block === undefined) {
      return [tensor];
    }

    const data = Buffer.concat(Array.from({length: Number(experts)}, () => tensor.data));
    const stack = {...tensor, name: `${block}${part}_exps.weight`, shape: [...tensor.shape, experts], data};
    const router = floats(`${block}ffn_gate_inp.weight`, [BigInt(sizes.embedding), experts], 0.1);
    return part === 'ffn_gate' ? [router, stack] : [stack];
  });
  const counts = [
    {key: 'llama.expert_count', type: 4, elements: [u32(experts)]},
    {key: 'llama.expert_used_count', type: 4, elements: [u32(2)]},
  ];
  return written(directory, 'mixture', {metadata: [...metadata, ...counts], tensors: mixed});
}

/** A tokenizer of the SentencePiece kind, cut to its bytes and most frequent tokens. */
function spmModel(directory: string): string | undefined {
  const vocabulary = vocabularyFile('llama-spm');
  if (vocabulary === undefined) {
    return undefined;
  }

  const {metadata, tensors} = parseGguf(readFileSync(vocabulary));
  const kept = 400;
  const small = written(directory, 'spm-vocabulary', {
    metadata: metadata.map(value => ({...value, elements: value.elements.slice(0, kept)})),
    tensors,
  });
  return randomLlama(directory, {vocabFrom: small, ...sizes, name: 'spm'});
}
