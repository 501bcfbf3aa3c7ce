import {Buffer} from 'node:buffer';
import {arrayType, type RawGguf, type RawValue, scalar, stringType, u32} from '../helpers/raw-gguf.js';
import type {Dice} from './dice.js';

export interface Changed {
  what: string;
  gguf: RawGguf;
}

const numbers = [
  0,
  1,
  2,
  3,
  4,
  5,
  7,
  8,
  16,
  31,
  33,
  64,
  127,
  129,
  255,
  256,
  259,
  260,
  261,
  512,
  513,
  1000,
  1024,
  1025,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 2,
  2 ** 32 - 1,
];
const reals = [
  0,
  -0,
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e38,
  1e-45,
  -1e-9,
];

/** Keys that llama.cpp reads where they are there, `%` standing for the architecture. */
const furtherKeys: Readonly<Record<string, readonly number[]>> = {
  'general.alignment': [0, 1, 2, 3, 8, 16, 33, 64, 4096, 2 ** 31],
  'general.quantization_version': [0, 99],
  'general.file_type': [0, 99, 1024],
  '%.expert_count': [0, 1, 8, 64, 1024, 1025, 2 ** 32 - 1],
  '%.expert_used_count': [0, 1, 8, 999],
  '%.expert_group_count': [1, 2, 3, 4, 99],
  '%.expert_group_used_count': [0, 1, 2, 99],
  '%.nextn_predict_layers': [0, 1, 2, 99],
  '%.attention.key_length': [0, 1, 16, 32, 33, 2 ** 32 - 1],
  '%.attention.value_length': [0, 1, 16, 32, 33, 2 ** 32 - 1],
  '%.attention.sliding_window': [0, 1, 5, 2 ** 31, 2 ** 32 - 1],
  '%.attention.sliding_window_pattern': [0, 1, 6],
  '%.attention.group_norm_groups': [0, 1, 3],
  '%.rope.scaling.original_context_length': [0, 1, 2 ** 32 - 1],
  '%.pooling_type': [0, 1, 2, 3, 4, 99],
  '%.leading_dense_block_count': [0, 1, 99],
  '%.embedding_length_out': [1, 64, 999],
  '%.tensor_data_layout': [0],
  '%.ssm.state_size': [0, 16],
  'split.count': [0, 1, 2, 65_535],
  'split.no': [0, 1],
  'tokenizer.ggml.eot_token_id': [0, 259, 260, 2 ** 32 - 1],
  'tokenizer.ggml.unknown_token_id': [0, 260, 2 ** 32 - 1],
  'tokenizer.ggml.eom_token_id': [999_999],
  'tokenizer.ggml.fim_pre_token_id': [99_999],
  'tokenizer.ggml.seperator_token_id': [0, 99_999],
  'tokenizer.ggml.mask_token_id': [0, 99_999],
};

const furtherTexts: Readonly<Record<string, readonly string[]>> = {
  '%.rope.scaling.type': ['none', 'linear', 'yarn', 'longrope', 'bogus', ''],
  'tokenizer.ggml.precompiled_charsmap': ['', 'x', '\0\0\0\0'],
  'tokenizer.ggml.pre': ['default', 'llama-bpe', 'qwen2', 'gemma4', 'bogus', ''],
  'tokenizer.ggml.model': [
    'llama',
    'bert',
    't5',
    'rwkv',
    'gpt2',
    'plamo2',
    'gemma4',
    'hybriddna',
    'none',
    'no_vocab',
    'bogus',
    '',
  ],
  'general.architecture': [
    'llama',
    'qwen2',
    'qwen3',
    'qwen3moe',
    'gemma',
    'gemma2',
    'gemma3',
    'gpt2',
    'phi2',
    'phi3',
    'falcon',
    'bert',
    't5',
    't5encoder',
    'mamba',
    'rwkv6',
    'rwkv7',
    'starcoder2',
    'stablelm',
    'deepseek2',
    'command-r',
    'olmo2',
    'mpt',
    'bloom',
    'granite',
    'gpt-oss',
    'clip',
    'nemotron',
    'smollm3',
    'glm4',
    'mistral3',
    'exaone4',
    'bogus',
    '',
  ],
};

/** Removes, doubles, adds or changes an entry of the metadata. */
export function mutatedMetadata(gguf: RawGguf, dice: Dice): Changed {
  const {metadata} = gguf;
  const index = dice.below(metadata.length);
  const value = metadata[index]!;
  const {key} = value;
  const replaced = (what: string, ...values: RawValue[]): Changed => ({
    what,
    gguf: {...gguf, metadata: metadata.toSpliced(index, 1, ...values)},
  });
  switch (dice.below(10)) {
    case 0:
      return replaced(`without ${key}`);
    case 1:
      return dice.chance(0.1)
        ? replaced(`${key} twice`, value, value)
        : replaced(`${key} of another type`, otherType(value, dice));
    case 2:
    case 3:
      return withFurtherKey(gguf, dice);
    case 4:
      return withFurtherText(gguf, dice);
    case 5:
    case 6:
      return changedTokens(gguf, dice);
    default: {
      const changed = changedValue(value, dice);
      return replaced(`${key} = ${shown(changed)}`, changed);
    }
  }
}

function shown({type, elements}: RawValue): string {
  return `type ${type} ${elements.length === 1 ? elements[0]!.subarray(0, 16).toString('hex') : `of ${elements.length}`}`;
}

function otherType(value: RawValue, dice: Dice): RawValue {
  const type = dice.pick([0, 1, 4, 5, 6, 7, 8, 9, 10, 12]);
  if (type === arrayType) {
    const elementType = dice.pick([4, 5, 6, 8]);
    const elements = Array.from({length: dice.below(3)}, () => element(elementType, dice));
    return {key: value.key, type, elementType, elements};
  }

  return {key: value.key, type, elements: [element(type, dice)]};
}

function element(type: number, dice: Dice): Buffer {
  if (type === stringType) {
    return Buffer.from(dice.pick(['', 'x', '7', 'true']));
  }

  return scalar(type, type === 6 || type === 12 ? dice.pick(reals) : dice.pick(numbers));
}

/** The same type with another value. */
function changedValue(value: RawValue, dice: Dice): RawValue {
  const {type, elementType, elements} = value;
  if (type === arrayType) {
    const length = dice.pick([0, 1, elements.length - 1, elements.length + 1]);
    const last = elements.at(-1) ?? element(elementType ?? 4, dice);
    const longer = elements.length < length ? [...elements, last] : elements.slice(0, Math.max(0, length));
    return {...value, elements: longer};
  }

  if (type === stringType) {
    const text = Buffer.from(elements[0]!);
    for (let count = 1 + dice.below(3); count > 0 && text.length > 0; count--) {
      text[dice.below(text.length)] = dice.below(256);
    }

    return {
      ...value,
      elements: [text.subarray(0, dice.chance(0.3) ? dice.below(text.length + 1) : text.length)],
    };
  }

  if (type === 4 && dice.chance(0.1)) {
    return {
      ...value,
      type: arrayType,
      elementType: 5,
      elements: Array.from({length: dice.below(6)}, () => element(4, dice)),
    };
  }

  return {...value, elements: [element(type, dice)]};
}

function architectureOf({metadata}: RawGguf): string {
  return metadata.find(({key}) => key === 'general.architecture')?.elements[0]?.toString() ?? '';
}

function withEntry(gguf: RawGguf, entry: RawValue, what: string): Changed {
  const others = gguf.metadata.filter(({key}) => key !== entry.key);
  return {what, gguf: {...gguf, metadata: [...others, entry]}};
}

function withFurtherKey(gguf: RawGguf, dice: Dice): Changed {
  const pattern = dice.pick(Object.keys(furtherKeys));
  const key = pattern.replace('%', architectureOf(gguf));
  const number = dice.pick(furtherKeys[pattern]!);
  const type = key.startsWith('split.') ? 2 : 4;
  return withEntry(gguf, {key, type, elements: [scalar(type, number)]}, `${key} = ${number}`);
}

function withFurtherText(gguf: RawGguf, dice: Dice): Changed {
  const pattern = dice.pick(Object.keys(furtherTexts));
  const key = pattern.replace('%', architectureOf(gguf));
  const text = dice.pick(furtherTexts[pattern]!);
  const changed = withEntry(
    gguf,
    {key, type: stringType, elements: [Buffer.from(text)]},
    `${key} = "${text}"`,
  );
  if (pattern !== 'general.architecture') {
    return changed;
  }

  // What the model says of itself goes with the new architecture.
  const old = `${architectureOf(gguf)}.`;
  const metadata = changed.gguf.metadata.map(value =>
    value.key.startsWith(old) ? {...value, key: `${text}.${value.key.slice(old.length)}`} : value,
  );
  return {what: changed.what, gguf: {...changed.gguf, metadata}};
}

const tokens = 'tokenizer.ggml.tokens';
const kinds = 'tokenizer.ggml.token_type';

/** Ways to spoil a vocabulary. */
function changedTokens(gguf: RawGguf, dice: Dice): Changed {
  const change = (key: string, what: string, edit: (elements: Buffer[]) => Buffer[]): Changed => ({
    what,
    gguf: {
      ...gguf,
      metadata: gguf.metadata.map(value =>
        value.key === key && value.elements.length > 0 ? {...value, elements: edit(value.elements)} : value,
      ),
    },
  });
  const at = dice.below(256);
  const other = dice.below(256);
  switch (dice.below(9)) {
    case 0:
      return change(tokens, `token ${at} as ${other}`, all =>
        all.with(at % all.length, all[other % all.length]!),
      );
    case 1:
      return change(tokens, `token ${at} empty`, all => all.with(at % all.length, Buffer.alloc(0)));
    case 2:
      return change(tokens, `${at} tokens`, all => all.slice(0, at));
    case 3:
      return change(tokens, 'tokens with one more', all => [...all, Buffer.from('further')]);
    case 4:
      return change(kinds, `token_type ${at} of kind ${other % 9}`, all =>
        all.with(at % all.length, u32(other % 9)),
      );
    case 5:
      return change(kinds, `token_type all ${other % 9}`, all => all.map(() => u32(other % 9)));
    case 6:
      return change(tokens, `token ${at} of no UTF-8`, all =>
        all.with(at % all.length, Buffer.from([0xff, other, 0xc3])),
      );
    case 7:
      return change(tokens, `token ${at} long`, all =>
        all.with(at % all.length, Buffer.alloc(10_000, other)),
      );
    default:
      return change('tokenizer.ggml.merges', 'odd merges', all => [
        ...all,
        Buffer.from(dice.pick(['ab', '', ' ', 'zz qq', 'a b', 'a  b', '\u00FF \u00FE'])),
      ]);
  }
}
