import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {describeModels, ModelError, type PairOptions} from '../../lib/index.js';
import {arr, f32, i32, type MetadataValue, str, u32} from '../helpers/gguf-file.js';
import {vocabularyFile} from '../helpers/llama-cpp-source.js';
import {arithmeticPair, loraFile, withPair} from '../helpers/pairs.js';
import {buildGguf, dataLength, parseGguf, type RawGguf, type RawTensor} from '../helpers/raw-gguf.js';
import {slidingWindowModel} from '../helpers/sliding-window-model.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {bertModel, splitModel, withMetadata} from '../helpers/tiny-models.js';

const {policy, reference} = arithmeticPair();
const directory = temporaryDirectory();
let files = 0;

function nextFile(): string {
  files += 1;
  return path.join(directory, `hostile-${files}.gguf`);
}

function withKeys(keys: Record<string, MetadataValue>, source = policy): string {
  return withMetadata(source, nextFile(), keys);
}

function rebuilt(source: string, change: (gguf: RawGguf) => RawGguf, target = nextFile()): string {
  writeFileSync(target, buildGguf(change(parseGguf(readFileSync(source)))));
  return target;
}

function withTensor(source: string, name: string, change: (tensor: RawTensor) => Partial<RawTensor>): string {
  return rebuilt(source, ({metadata, tensors}) => ({
    metadata,
    tensors: tensors.map(tensor => (tensor.name === name ? {...tensor, ...change(tensor)} : tensor)),
  }));
}

function ofType(name: string, type: number): () => string {
  return () => withTensor(policy, name, ({shape}) => ({type, data: Buffer.alloc(dataLength(type, shape))}));
}

function tokensOf(source: string, edit: (tokens: string[]) => string[]): MetadataValue {
  const {metadata} = parseGguf(readFileSync(source));
  const tokens = metadata.find(({key}) => key === 'tokenizer.ggml.tokens')!.elements.map(String);
  return arr('str', edit(tokens));
}

async function refusalOf(use: Promise<unknown>): Promise<string> {
  const error = await use.then(
    () => new Error('it was taken'),
    (thrown: unknown) => thrown,
  );
  if (
    error instanceof ModelError &&
    error.code === 'MODEL_INVALID' &&
    / is not usable: /u.test(error.message)
  ) {
    return error.message;
  }

  throw error;
}

const open = (options: Partial<PairOptions>) => withPair({reference: undefined, ...options}, async () => {});

/** Each of these ended the process, or kept it for ever, when llama.cpp was left to read it. */
const hostile: Record<string, {make: () => string; says: RegExp}> = {
  'a vocabulary with one text twice': {
    make: () => withKeys({'tokenizer.ggml.tokens': tokensOf(policy, tokens => tokens.with(200, tokens[7]!))}),
    says: /tokenizer\.ggml\.tokens\[200\] is ".", as is \[7\], expected a text of its own/,
  },
  'a vocabulary with the name of a token without text': {
    make: () =>
      withKeys({
        'tokenizer.ggml.tokens': tokensOf(policy, tokens => tokens.with(7, '').with(9, '[EMPTY_7]')),
      }),
    says: /tokenizer\.ggml\.tokens\[7\] is "\[EMPTY_7\]", as is \[9\]/,
  },
  'no blocks': {
    make: () => withKeys({'llama.block_count': u32(0)}),
    says: /llama\.block_count is 0, expected a whole number from 1 to 512/,
  },
  'more blocks than llama.cpp has room for': {
    make: () => withKeys({'llama.block_count': u32(513)}),
    says: /llama\.block_count is 513/,
  },
  'more experts than llama.cpp has room for': {
    make: () => withKeys({'llama.expert_count': u32(1025), 'llama.expert_used_count': u32(2)}),
    says: /llama\.expert_count is 1025, expected a whole number from 0 to 1024/,
  },
  'more experts used than there are': {
    make: () => withKeys({'llama.expert_count': u32(4), 'llama.expert_used_count': u32(8)}),
    says: /llama\.expert_used_count is 8, expected a whole number from 1 to 4/,
  },
  'experts of which none is used': {
    make: () => withKeys({'llama.expert_count': u32(4)}),
    says: /llama\.expert_used_count is missing, expected/,
  },
  'experts used of a model without any': {
    make: () => withKeys({'llama.expert_used_count': u32(1)}),
    says: /llama\.expert_used_count is 1, expected 0/,
  },
  'groups that the experts do not fall into': {
    make: () =>
      withKeys({
        'llama.expert_count': u32(4),
        'llama.expert_used_count': u32(2),
        'llama.expert_group_count': u32(3),
      }),
    says: /llama\.expert_group_count is 3, expected a smaller divisor of the 4 experts/,
  },
  'a group for each expert': {
    make: () =>
      withKeys({
        'llama.expert_count': u32(4),
        'llama.expert_used_count': u32(2),
        'llama.expert_group_count': u32(4),
      }),
    says: /llama\.expert_group_count is 4, expected a smaller divisor of the 4 experts \(expert_count\), or 0/,
  },
  'more prediction layers than blocks': {
    make: () => withKeys({'llama.nextn_predict_layers': u32(99)}),
    says: /llama\.nextn_predict_layers is 99/,
  },
  'a negative epsilon': {
    make: () => withKeys({'llama.attention.layer_norm_rms_epsilon': f32(-1)}),
    says: /layer_norm_rms_epsilon is -1\.0+, expected a finite number of at least 0/,
  },
  'an epsilon that is no number': {
    make: () => withKeys({'llama.attention.layer_norm_rms_epsilon': f32(Number.NaN)}),
    says: /layer_norm_rms_epsilon is -?nan/,
  },
  'an infinite epsilon': {
    make: () => withKeys({'llama.attention.layer_norm_rms_epsilon': f32(Number.POSITIVE_INFINITY)}),
    says: /layer_norm_rms_epsilon is inf/,
  },
  'an unknown scaling of positions': {
    make: () => withKeys({'llama.rope.scaling.type': str('bogus')}),
    says: /llama\.rope\.scaling\.type is "bogus", expected none, linear, yarn or longrope/,
  },
  'a context of 2^31 tokens': {
    make: () => withKeys({'llama.context_length': u32(2 ** 31)}),
    says: /llama\.context_length is 2147483648, expected a whole number from 2 to 2147483647/,
  },
  'a context of 2^32 - 1 tokens': {
    make: () => withKeys({'llama.context_length': u32(2 ** 32 - 1)}),
    says: /llama\.context_length is 4294967295/,
  },
  'a context that has no room for a response': {
    make: () => withKeys({'llama.context_length': u32(1)}),
    says: /llama\.context_length is 1,/,
  },
  'data that begins at an odd byte': {
    make: () => {
      const file = withKeys({});
      const bytes = readFileSync(file);
      const {metadata, tensors, headerEnd} = parseGguf(bytes);
      const alignment = {key: 'general.alignment', type: 4, elements: [Buffer.from([1, 0, 0, 0])]};
      const whole = buildGguf({metadata: [...metadata, alignment], tensors});
      const header = parseGguf(whole).headerEnd;
      // The file has its data right behind the header, as its alignment says.
      const data = bytes.subarray(Math.ceil(headerEnd / 32) * 32);
      writeFileSync(file, Buffer.concat([whole.subarray(0, header), data]));
      return file;
    },
    says: /begins at byte \d+ \(general\.alignment is 1\), expected a multiple of 32/,
  },
  'a matrix of whole numbers': {
    make: ofType('blk.0.attn_q.weight', 26),
    says: /blk\.0\.attn_q\.weight is of type 26, expected a floating-point or quantised type/,
  },
  'a matrix of bytes': {make: ofType('blk.1.ffn_down.weight', 24), says: /is of type 24/},
  'a matrix of a type that only activations have': {
    make: ofType('blk.0.ffn_up.weight', 9),
    says: /blk\.0\.ffn_up\.weight is of type 9/,
  },
  'an embedding of whole numbers': {
    make: ofType('token_embd.weight', 26),
    says: /token_embd\.weight is of type 26/,
  },
  'a norm of whole numbers': {
    make: ofType('blk.0.attn_norm.weight', 26),
    says: /blk\.0\.attn_norm\.weight is of type 26, expected 0 \(F32\)/,
  },
  'a norm of half precision': {
    make: ofType('output_norm.weight', 1),
    says: /output_norm\.weight is of type 1,/,
  },
  'a rotation that is wider than a head': {
    make: () =>
      withKeys({'gemma3.rope.dimension_count': u32(64)}, slidingWindowModel(directory, {seed: 5, window: 8})),
    says: /gemma3\.rope\.dimension_count is 64, expected an even number of at most 32/,
  },
  'a rotation of an odd width': {
    make: () =>
      withKeys({'gemma3.rope.dimension_count': u32(31)}, slidingWindowModel(directory, {seed: 5, window: 8})),
    says: /gemma3\.rope\.dimension_count is 31, expected an even number of at most 32/,
  },
  'windows that no block has': {
    make: () =>
      withKeys(
        {'gemma3.attention.sliding_window_pattern': u32(1)},
        slidingWindowModel(directory, {seed: 6, window: 8}),
      ),
    says: /gemma3\.attention\.sliding_window_pattern is 1, expected at least one block with a window/,
  },
  'keys and values of two widths': {
    make: () => withKeys({'llama.attention.value_length': u32(16)}),
    says: /keys of llama are 32 wide and values 16/,
  },
  'scores that are too few for the tokens': {
    make: () => withKeys({'tokenizer.ggml.scores': arr('f32', [0, 0])}),
    says: /tokenizer\.ggml\.scores is an array of 2, expected an array of 260/,
  },
  'sizes for too few blocks': {
    make: () => withKeys({'llama.attention.head_count': arr('i32', [4, 4])}),
    says: /llama\.attention\.head_count is an array of 2, expected one number for each of the 4 blocks/,
  },
  'sizes for too many blocks': {
    make: () => withKeys({'llama.attention.head_count': arr('i32', [4, 4, 4, 4, 4])}),
    says: /llama\.attention\.head_count is an array of 5, expected one number for each of the 4 blocks/,
  },
  'a vocabulary that its tokenizer would search for ever': {
    make: () =>
      withKeys({
        'tokenizer.ggml.model': str('rwkv'),
        'tokenizer.ggml.tokens': tokensOf(policy, tokens => tokens.map((_, index) => `2${index}`)),
      }),
    says: /tokens that begin with byte 50, but none that is it, expected a token for each byte/,
  },
  'a byte among the tokens of a WordPiece vocabulary': {
    make: () => {
      const bert = bertModel(directory);
      const count = parseGguf(readFileSync(bert)).metadata.find(
        ({key}) => key === 'tokenizer.ggml.token_type',
      )!.elements.length;
      const types = Array.from({length: count}, () => 1).with(20, 6);
      return withKeys({'tokenizer.ggml.token_type': arr('i32', types)}, bert);
    },
    says: /tokenizer\.ggml\.token_type\[20\] is 6, a byte, expected no bytes/,
  },
};

for (const [what, {make, says}] of Object.entries(hostile)) {
  test(`${what} is refused with the key, its value and what was expected`, async t => {
    const file = make();
    for (const use of [
      open({policy: file}),
      open({policy: reference, reference: file}),
      describeModels([file]),
    ]) {
      const message = await refusalOf(use);
      t.regex(message, says);
      t.true(message.includes(file), message);
    }
  });
}

const hostileAdapters: Record<string, {make: () => string; says: RegExp}> = {
  'an alpha that is no 32-bit number': {
    make: () => withKeys({'adapter.lora.alpha': i32(4)}, loraFile),
    says: /adapter\.lora\.alpha is 4, expected a finite number/,
  },
  'an infinite alpha': {
    make: () => withKeys({'adapter.lora.alpha': f32(Number.POSITIVE_INFINITY)}, loraFile),
    says: /adapter\.lora\.alpha is inf/,
  },
  'a kind that is no text': {
    make: () => withKeys({'adapter.type': u32(1)}, loraFile),
    says: /adapter\.type is 1, expected a string/,
  },
  'a factor of whole numbers': {
    make: () => {
      const {name, shape} = factorOf(loraFile);
      return withTensor(loraFile, name, () => ({type: 26, data: Buffer.alloc(dataLength(26, shape))}));
    },
    says: /lora_a is of type 26/,
  },
  'a factor of three dimensions': {
    make: () => {
      const {name, shape, data} = factorOf(loraFile);
      return withTensor(loraFile, name, () => ({shape: [...shape, 2n], data: Buffer.concat([data, data])}));
    },
    says: /lora_a has the shape .* × 2 × 1, expected a matrix/,
  },
};

function factorOf(file: string): RawTensor {
  return parseGguf(readFileSync(file)).tensors.find(({name}) => name.endsWith('.lora_a'))!;
}

for (const [what, {make, says}] of Object.entries(hostileAdapters)) {
  test(`a LoRA adapter with ${what} is refused`, async t => {
    const file = make();
    const message = await refusalOf(open({policy: reference, lora: file}));
    t.regex(message, says);
    t.true(message.includes(file), message);
  });
}

test('the other files of a split model are checked too', async t => {
  const [first, second] = splitModel(directory);
  const {tensors} = parseGguf(readFileSync(second!));
  const {name, shape} = tensors.find(tensor => tensor.shape.length === 2)!;
  rebuilt(
    second!,
    gguf => ({
      ...gguf,
      tensors: gguf.tensors.map(tensor =>
        tensor.name === name ? {...tensor, type: 26, data: Buffer.alloc(dataLength(26, shape))} : tensor,
      ),
    }),
    second!,
  );
  const message = await refusalOf(open({policy: first!}));
  t.true(message.includes(second!), message);
  t.true(message.includes(`${name} is of type 26`), message);
});

test('the vocabularies that come with llama.cpp are taken', async t => {
  const names = ['bert-bge', 'deepseek-coder', 'falcon', 'gpt-2', 'llama-spm', 'phi-3', 'starcoder'];
  const vocabularies = names.flatMap(name => vocabularyFile(name) ?? []);
  for (const file of vocabularies) {
    await t.notThrowsAsync(describeModels([file]), file);
  }

  t.log(`${vocabularies.length} of them`);
});
