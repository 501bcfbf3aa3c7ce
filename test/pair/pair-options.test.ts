import test from 'ava';
import {InvalidInputError, openPair, type PairOptions} from '../../lib/index.js';
import {arithmeticPair} from '../helpers/pairs.js';

async function refusalOf(options: unknown): Promise<string> {
  try {
    const pair = await openPair(options as PairOptions);
    await pair.close();
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error.message;
    }

    throw error;
  }

  throw new Error('The options were taken');
}

/** For each option values that are refused, and how the message shows them. */
const refused: Record<string, (readonly [value: unknown, shown: string])[]> = {
  policy: [
    [undefined, 'undefined'],
    ['', "''"],
    [7, '7'],
  ],
  reference: [
    ['', "''"],
    [null, 'null'],
  ],
  lora: [[['a.gguf'], "'a.gguf'"]],
  beta: [
    [0, '0'],
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['0.05', "'0.05'"],
  ],
  gpu: [
    [true, 'true'],
    ['rocm', "'rocm'"],
  ],
  gpuLayers: [
    [-1, '-1'],
    [1.5, '1.5'],
    [2 ** 40, String(2 ** 40)],
  ],
  threads: [
    [0, '0'],
    [2.5, '2.5'],
    [513, '513'],
  ],
  contextSize: [
    [1, '1'],
    [2 ** 32 + 100, String(2 ** 32 + 100)],
    ['512', "'512'"],
  ],
  batchSize: [
    [31, '31'],
    [20_000, '20000'],
  ],
  cacheSize: [
    [-1, '-1'],
    [0.5, '0.5'],
  ],
  kvCacheType: [['q4_0', "'q4_0'"]],
  flashAttention: [['yes', "'yes'"]],
  modelsDirectory: [['', "''"]],
  onProgress: [[{}, '{}']],
  onLog: [['console', "'console'"]],
  signal: [[{aborted: false}, 'aborted: false']],
};

for (const [option, values] of Object.entries(refused)) {
  test(`a wrong ${option} is refused by its name and value`, async t => {
    for (const [value, shown] of values) {
      const message = await refusalOf({...arithmeticPair(), gpu: false, [option]: value});
      t.true(message.startsWith(`${option} in openPair's options`), message);
      t.true(message.includes(shown), message);
    }
  });
}

test('an option that does not exist is refused by its name', async t => {
  t.regex(await refusalOf({...arithmeticPair(), polcy: 'x.gguf'}), /"polcy"/);
});

test('options that are no object are refused', async t => {
  t.regex(await refusalOf(undefined), /expected object.*undefined/);
  t.regex(await refusalOf('policy.gguf'), /expected object.*'policy\.gguf'/);
});

test('a q8_0 cache without flash attention is refused with what to do', async t => {
  const options = {...arithmeticPair(), gpu: false, kvCacheType: 'q8_0', flashAttention: false};
  t.regex(await refusalOf(options), /flashAttention.*needs flash attention/);
});

test('a context longer than the models were trained on is refused with both lengths', async t => {
  t.regex(await refusalOf({...arithmeticPair(), gpu: false, contextSize: 513}), /513.*512/);
});

test('options that are left out may be given as undefined', async t => {
  const left = Object.fromEntries(
    Object.keys(refused)
      .filter(option => option !== 'policy')
      .map(option => [option, undefined]),
  );
  const pair = await openPair({...left, policy: arithmeticPair().policy, gpu: false});
  t.is(pair.info.contextSize, 512);
  await pair.close();
});
