import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {bundledPair, type PairOptions} from '../../lib/index.js';
import {dequantise} from '../../test/helpers/dequantise.js';
import {type Float64Adapter, Float64Llama} from '../../test/helpers/float64-llama.js';
import {type MetadataValue, readGguf} from '../../test/helpers/gguf-file.js';
import {randomLlama} from '../../test/helpers/tiny-models.js';
import {quantise} from '../quantise.js';

const directory = fileURLToPath(new URL('../../build/bench/accuracy', import.meta.url));

/** A model in double precision. */
export type ExactModel = (tokens: ArrayLike<number>, from: number) => number[];

/** A pair with weights of one type, in llama.cpp and in double precision. */
export interface Subject {
  title: string;
  type: string;
  pair: Pick<PairOptions, 'policy' | 'reference' | 'lora'>;
  policy: ExactModel;
  reference: ExactModel;
}

/** The types that are measured, and those of them that need rows of 256 weights. */
const types = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0'] as const;
const wideTypes = ['Q6_K', 'Q4_K_M'] as const;

/** Each pair of models with each type of weights: that which ships, and two random ones with nothing in common. */
export function* subjects(quantize: string): Generator<Subject> {
  mkdirSync(directory, {recursive: true});
  const bundled = bundledPair();
  const random = [1, 2].map(seed =>
    randomLlama(directory, {
      ...{vocabFrom: bundled.policy, seed, embedding: 256, heads: 4, kvHeads: 2, layers: 2, feedForward: 512},
    }),
  );
  for (const type of types) {
    const base = ofType('students', bundled.reference, type, quantize);
    const model = new Float64Llama(base);
    const adapter = readAdapter(bundled.lora);
    yield {
      ...{title: 'the pair that ships', type, pair: {policy: base, reference: base, lora: bundled.lora}},
      policy: (tokens, from) => model.logprobs(tokens, from, adapter),
      reference: (tokens, from) => model.logprobs(tokens, from),
    };
  }

  for (const type of [...types, ...wideTypes]) {
    const [policy, reference] = random.map((path, index) => ofType(`random-${index}`, path, type, quantize));
    const [first, second] = [new Float64Llama(policy!), new Float64Llama(reference!)];
    yield {
      ...{title: 'two random models', type, pair: {policy: policy!, reference: reference!}},
      policy: (tokens, from) => first.logprobs(tokens, from),
      reference: (tokens, from) => second.logprobs(tokens, from),
    };
  }
}

function ofType(name: string, source: string, type: string, quantize: string): string {
  if (type === 'F32') {
    return source;
  }

  const target = join(directory, `${name}-${type}.gguf`);
  quantise(quantize, source, target, type);
  return target;
}

function readAdapter(path: string): Float64Adapter {
  const {metadata, tensors} = readGguf(path);
  return {
    parameters: new Map(tensors.map(tensor => [tensor.name, dequantise(tensor)])),
    rank: tensors.find(({name}) => name.endsWith('.lora_a'))!.shape[1]!,
    alpha: numberOf(metadata.get('adapter.lora.alpha')),
  };
}

function numberOf(value: MetadataValue | undefined): number {
  return Number(value?.value);
}
