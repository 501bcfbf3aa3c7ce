import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {
  ChatTemplateError,
  describeModels,
  openPair,
  type Pair,
  type PairInfo,
  type PairOptions,
  scoreSteps,
} from '../../lib/index.js';
import {elementCount, f32, readGguf, str, tensorBytes} from '../helpers/gguf-file.js';
import {arithmeticPair, loraFile, withPair} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {
  asF16,
  splitModel,
  withChatTemplate,
  withMetadata,
  withoutChatTemplate,
} from '../helpers/tiny-models.js';

const {policy, reference} = arithmeticPair();
const directory = temporaryDirectory();

const question = {prompt: 'Compute 2 + 3 * 4', response: 'Step 1: 3 * 4 = 12\n\nAnswer: 14'};

async function infoOf(options: Partial<PairOptions>): Promise<PairInfo> {
  return withPair(options, async ({info}) => info);
}

async function rewardOf(pair: Pair): Promise<number> {
  return (await scoreSteps(pair, question)).reward;
}

function withBeta(source: string, name: string, beta: number | undefined): string {
  const value = beta === undefined ? undefined : f32(beta);
  return withMetadata(source, path.join(directory, `${name}.gguf`), {'implicit_prm.beta': value});
}

test('a pair tells of its models what their files say', async t => {
  const {metadata, tensors} = readGguf(policy);
  const text = (key: string) => String(metadata.get(key)!.value);
  const info = await infoOf({});
  t.like(info.policy, {
    path: policy,
    architecture: 'llama',
    name: text('general.name'),
    quantisation: 'all F32',
    parameters: tensors.reduce((sum, {shape}) => sum + elementCount(shape), 0),
    sizeInBytes: tensors.reduce((sum, {type, shape}) => sum + tensorBytes(type, shape), 0),
    contextLength: Number(text('llama.context_length')),
    embeddingLength: Number(text('llama.embedding_length')),
    layers: Number(text('llama.block_count')),
    vocabularySize: 260,
    beta: 1,
    chatTemplate: text('tokenizer.chat_template'),
  });
  t.is(info.policy.metadata['general.description'], text('general.description'));
  t.is(info.policy.metadata['llama.block_count'], '4');
  t.is(info.reference?.path, reference);
  t.is(info.reference?.name, String(readGguf(reference).metadata.get('general.name')!.value));
  t.deepEqual((await describeModels([policy, reference])).models, [info.policy, info.reference]);
});

test('a pair tells how it was opened', async t => {
  t.like(await infoOf({}), {
    lora: null,
    sharesWeights: false,
    contextSize: 512,
    batchSize: 128,
    devices: [],
  });
  t.regex((await infoOf({})).llamaVersion, /^\d+\.\d+\.\d+$/);
  t.like(await infoOf({contextSize: 300, batchSize: 64}), {contextSize: 300, batchSize: 64});
});

test('a batch is larger where many threads have a small model', async t => {
  const batchSize = async (threads: number) => (await infoOf({threads})).batchSize;
  t.is(await batchSize(1), 128);
  t.is(await batchSize(16), 512);
});

test('the context is as long as both models were trained on', async t => {
  const short = withMetadata(reference, path.join(directory, 'short.gguf'), {
    'llama.context_length': {type: 'u32', value: 128},
  });
  t.is((await infoOf({reference: short})).contextSize, 128);
  const long = withMetadata(reference, path.join(directory, 'long.gguf'), {
    'llama.context_length': {type: 'u32', value: 100_000},
  });
  t.is((await infoOf({policy: long, reference: undefined})).contextSize, 4096);
});

test('a quantisation is named', async t => {
  const info = await infoOf({policy: asF16(directory), reference: undefined});
  t.is(info.policy.quantisation, 'F16');
  t.is(info.reference, null);
});

test('without a name, a template and β a model has none', async t => {
  const bare = withMetadata(policy, path.join(directory, 'bare.gguf'), {
    'general.name': undefined,
    'tokenizer.chat_template': undefined,
    'implicit_prm.beta': undefined,
  });
  t.like((await infoOf({policy: bare})).policy, {name: '', chatTemplate: null, beta: null});
});

test('a base and its adapter share one set of weights', async t => {
  const options = {policy: reference, reference, lora: loraFile};
  t.like(await infoOf(options), {sharesWeights: true, lora: loraFile});
  const shared = await withPair(options, rewardOf);
  const copy = withMetadata(reference, path.join(directory, 'copy.gguf'), {});
  t.like(await infoOf({...options, reference: copy}), {sharesWeights: false});
  t.is(await withPair({...options, reference: copy}, rewardOf), shared);
  t.not(shared, 0);
});

test('an adapter does without a reference', async t => {
  const options = {policy: reference, reference: undefined, lora: loraFile};
  t.like(await infoOf(options), {sharesWeights: false, reference: null, lora: loraFile});
  const [adapted, plain] = [
    await withPair(options, rewardOf),
    await withPair({...options, lora: undefined}, rewardOf),
  ];
  t.not(adapted, plain);
});

test('β is that of the options, else of the policy, else the 0.05 of the paper', async t => {
  const own = withBeta(policy, 'beta', 0.25);
  t.is((await infoOf({policy: own})).beta, 0.25);
  t.is((await infoOf({policy: own, beta: 0.125})).beta, 0.125);
  t.is((await infoOf({policy: withBeta(policy, 'no-beta', undefined)})).beta, 0.05);
  // That of the reference is of no account.
  t.is((await infoOf({policy: own, reference: withBeta(reference, 'reference-beta', 0.5)})).beta, 0.25);
});

test("an adapter's β comes before that of the model it is for", async t => {
  const base = withBeta(reference, 'base', 0.25);
  const options = {policy: base, reference: base};
  const adapter = withBeta(loraFile, 'adapter', 0.5);
  const adapterWithout = withBeta(loraFile, 'adapter-without', undefined);
  t.is((await infoOf({...options, lora: adapter})).beta, 0.5);
  t.is((await infoOf({...options, lora: adapter, beta: 2})).beta, 2);
  t.is((await infoOf({...options, lora: adapterWithout})).beta, 0.25);
});

test('β may be a number of double precision in a file', async t => {
  const file = withMetadata(policy, path.join(directory, 'double.gguf'), {
    'implicit_prm.beta': {type: 'f64', value: 0.1},
  });
  t.is((await infoOf({policy: file})).beta, 0.1);
});

test('β scales the rewards', async t => {
  const once = await withPair({beta: 1}, rewardOf);
  const half = await withPair({beta: 0.5}, rewardOf);
  t.true(Math.abs(once / 2 - half) < 1e-6);
});

test('a split model scores as the whole one does', async t => {
  const whole = await withPair({}, async pair => scoreSteps(pair, question));
  for (const count of [2, 5]) {
    const [policyPart, referencePart] = [
      splitModel(directory, {count})[0]!,
      splitModel(directory, {source: reference, count})[0]!,
    ];
    const options = {policy: policyPart, reference: referencePart};
    t.deepEqual(await withPair(options, async pair => scoreSteps(pair, question)), whole);
    t.is((await infoOf(options)).policy.parameters, (await infoOf({})).policy.parameters);
  }
});

test('without a chat template a question is refused, and a raw prompt is not', async t => {
  await withPair({policy: withoutChatTemplate(directory)}, async pair => {
    const error = await t.throwsAsync(scoreSteps(pair, question), {instanceOf: ChatTemplateError});
    t.is(error.code, 'NO_CHAT_TEMPLATE');
    t.regex(error.message, /\{raw: text\}/);
    const messages = [{role: 'user', content: 'x'}];
    await t.throwsAsync(scoreSteps(pair, {...question, prompt: messages}), {code: 'NO_CHAT_TEMPLATE'});
    const raw = '<|im_start|>user\nCompute 2 + 3 * 4<|im_end|>\n<|im_start|>assistant\n';
    const {reward} = await scoreSteps(pair, {...question, prompt: {raw}, complete: false});
    const templated = await withPair({}, async whole => scoreSteps(whole, {...question, complete: false}));
    t.is(reward, templated.reward);
  });
});

test('with a broken chat template a pair is good for raw prompts', async t => {
  await withPair({policy: withChatTemplate(directory, '{% for message in')}, async pair => {
    await t.throwsAsync(scoreSteps(pair, question), {code: 'CHAT_TEMPLATE_FAILED'});
    t.is(typeof (await scoreSteps(pair, {...question, prompt: {raw: 'x'}})).reward, 'number');
  });
});

test("a chat template's own words are in the error", async t => {
  const file = withChatTemplate(directory, "{{ raise_exception('Only in verse') }}");
  await withPair({policy: file}, async pair => {
    await t.throwsAsync(scoreSteps(pair, question), {code: 'CHAT_TEMPLATE_FAILED', message: /Only in verse/});
  });
});

test('a pair opens by other names of the same file', async t => {
  const name = path.join(directory, 'Größe 数学 😀.gguf');
  withMetadata(policy, name, {'general.name': str('Größe 😀')});
  const pair = await openPair({policy: path.relative(process.cwd(), name), gpu: false});
  t.is(pair.info.policy.path, name);
  t.is(pair.info.policy.name, 'Größe 😀');
  await pair.close();
});

test('no key of the metadata is lost, whatever it means to JavaScript', async t => {
  const odd = path.join(directory, 'odd-keys.gguf');
  withMetadata(policy, odd, {['__proto__']: str('a'), constructor: str('b'), toString: str('c')});
  const [model] = (await describeModels([odd])).models;
  const {metadata} = model!;
  t.deepEqual(Object.getOwnPropertyDescriptor(metadata, '__proto__')?.value, 'a');
  t.is(Object.getPrototypeOf(metadata), Object.prototype);
  t.deepEqual([metadata.constructor, metadata.toString], ['b', 'c'] as never);
  t.true(JSON.stringify(metadata).includes('"__proto__":"a"'));
});

test('a β in the metadata that is none is refused, unless another is given', async t => {
  const negative = path.join(directory, 'negative-beta.gguf');
  withMetadata(policy, negative, {'implicit_prm.beta': f32(-1)});
  await t.throwsAsync(openPair({policy: negative, gpu: false, threads: 1}), {
    code: 'MODEL_INVALID',
    message: /beta is -1/,
  });
  const pair = await openPair({policy: negative, beta: 2, gpu: false, threads: 1});
  t.is(pair.info.beta, 2);
  await pair.close();
});
