import {chmodSync, copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {copyFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {
  describeModels,
  ModelError,
  openPair,
  PairMismatchError,
  type PairOptions,
  type PairWarning,
  scoreSteps,
} from '../../lib/index.js';
import {locateModel} from '../../lib/pair/locate-model.js';
import {str} from '../helpers/gguf-file.js';
import {vocabularyFile} from '../helpers/llama-cpp-source.js';
import {arithmeticPair, loraFile, withPair} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {
  bertModel,
  emptyFile,
  modelWithGarbageCounts,
  modelWithoutVocabulary,
  splitModel,
  textFile,
  truncatedModel,
  withExtraToken,
  withMetadata,
  withOtherToken,
} from '../helpers/tiny-models.js';

const {policy, reference} = arithmeticPair();
const directory = temporaryDirectory();

async function refusalOf(options: Partial<PairOptions>): Promise<ModelError | PairMismatchError> {
  try {
    await withPair(options, async () => {});
  } catch (error) {
    if (error instanceof ModelError || error instanceof PairMismatchError) {
      return error;
    }

    throw error;
  }

  throw new Error('The model was taken');
}

/** Files that are no usable models, with the code of the error and words of its message. */
const unusable: Record<string, {make: () => string; code: ModelError['code']; says: RegExp}> = {
  'a file that is not there': {
    make: () => path.join(directory, 'missing.gguf'),
    code: 'MODEL_INVALID',
    says: /there is no such file/,
  },
  'a file below a file': {
    make: () => path.join(policy, 'model.gguf'),
    code: 'MODEL_INVALID',
    says: /there is no such file/,
  },
  'a folder': {make: () => directory, code: 'MODEL_INVALID', says: /it is a folder/},
  'an empty file': {make: () => emptyFile(directory), code: 'MODEL_INVALID', says: /no GGUF file/},
  'a text': {
    make: () => textFile(directory),
    code: 'MODEL_INVALID',
    says: /no GGUF file.*convert_hf_to_gguf/,
  },
  'a file of four bytes': {
    make: () => {
      const file = path.join(directory, 'short.gguf');
      writeFileSync(file, 'GGUF');
      return file;
    },
    code: 'MODEL_INVALID',
    says: /Could not load the model/,
  },
  'a model cut off in the middle': {
    make: () => truncatedModel(directory),
    code: 'MODEL_INVALID',
    says: /corrupted or incomplete/,
  },
  'a model with garbage for counts': {
    make: () => modelWithGarbageCounts(directory),
    code: 'MODEL_INVALID',
    says: /Could not load the model/,
  },
  'a model of an unknown architecture': {
    make: () => withMetadata(policy, path.join(directory, 'odd.gguf'), {'general.architecture': str('odd')}),
    code: 'MODEL_INVALID',
    says: /unknown model architecture: 'odd'/,
  },
  'a LoRA adapter': {make: () => loraFile, code: 'MODEL_INVALID', says: /Could not load the model/},
  'the second file of a split model': {
    make: () => splitModel(directory)[1]!,
    code: 'MODEL_INVALID',
    says: /must be loaded with the first split/,
  },
  'the first file of a split model alone': {
    make: () => {
      const alone = path.join(directory, 'alone');
      mkdirSync(alone);
      const file = path.join(alone, 'policy-00001-of-00002.gguf');
      copyFileSync(splitModel(directory)[0]!, file);
      return file;
    },
    code: 'MODEL_INVALID',
    says: /00002-of-00002/,
  },
  'a model that only encodes': {
    make: () => bertModel(directory),
    code: 'UNSUPPORTED_MODEL',
    says: /cannot score text.*bert.*encoder-only/,
  },
  'a model without a vocabulary': {
    make: () => modelWithoutVocabulary(directory),
    code: 'UNSUPPORTED_MODEL',
    says: /cannot score text.*no vocabulary/,
  },
};

for (const [what, {make, code, says}] of Object.entries(unusable)) {
  test(`${what} is refused with its path, as a policy and as a reference`, async t => {
    const file = make();
    for (const options of [{policy: file}, {policy: reference, reference: file}]) {
      const error = await refusalOf(options);
      t.is(error.code, code);
      t.regex(error.message, says);
      t.true(error.message.includes(file), error.message);
    }
  });
}

test('a vocabulary without weights is refused', async t => {
  const file = vocabularyFile('gpt-2');
  if (file === undefined) {
    t.log('left out: the llama.cpp in use does not ship the vocabulary');
    t.pass();
    return;
  }

  const error = await refusalOf({policy: file, reference: undefined});
  t.is(error.code, 'MODEL_INVALID');
  t.regex(error.message, /tensor '.*' not found/);
});

test('a file that may not be read is refused', async t => {
  if (process.getuid?.() === 0 || process.platform === 'win32') {
    t.log('left out: nothing is unreadable here');
    t.pass();
    return;
  }

  const file = path.join(directory, 'secret.gguf');
  copyFileSync(policy, file);
  chmodSync(file, 0o000);
  const error = await refusalOf({policy: file});
  t.is(error.code, 'MODEL_INVALID');
  t.true(error.message.includes(`${file}: permission denied`), error.message);
});

test('a device is no model', async t => {
  if (process.platform === 'win32') {
    t.pass();
    return;
  }

  t.regex((await refusalOf({policy: '/dev/null'})).message, /it is no file/);
});

test('a model is found by its path from the working folder, and by a file: URL', async t => {
  t.is(await locateModel(path.relative(process.cwd(), policy)), policy);
  t.is(await locateModel(pathToFileURL(policy).href), policy);
  const error = await t.throwsAsync(locateModel('file:%'), {instanceOf: ModelError});
  t.is(error.code, 'MODEL_INVALID');
});

test('a text is no LoRA adapter, nor is a model', async t => {
  const text = textFile(directory);
  t.true((await refusalOf({policy: reference, lora: text})).message.includes(text));
  const error = await refusalOf({policy: reference, lora: policy});
  t.is(error.code, 'MODEL_INVALID');
  t.true(error.message.includes(`Could not load the LoRA adapter ${policy}`), error.message);
});

test('vocabularies that differ in a token are refused with the token', async t => {
  const other = withOtherToken(directory, {index: 200, text: '<|other|>'});
  const error = await refusalOf({reference: other});
  t.is(error.code, 'PAIR_MISMATCH');
  t.true(error instanceof PairMismatchError);
  t.regex(error.message, /token 200 is "È" in .*policy\.gguf and "<\|other\|>" in /);
  t.true(error.message.includes(other));
});

test('a vocabulary with a token more is refused with the token, whichever it is', async t => {
  const larger = withExtraToken(directory, {text: '<|extra|>'});
  t.regex((await refusalOf({reference: larger})).message, /token 260 is missing in .* and "<\|extra\|>" in /);
  t.regex((await refusalOf({policy: larger})).message, /token 260 is "<\|extra\|>" in .* and missing in /);
});

test('tokens that no text has may differ, and are told', async t => {
  const larger = withExtraToken(directory, {source: reference, unused: true});
  const warnings: PairWarning[] = [];
  const options = {
    policy,
    reference: larger,
    gpu: false,
    onWarning: (one: PairWarning) => warnings.push(one),
  } as const;
  await using pair = await openPair(options);
  t.deepEqual(
    warnings.map(({code}) => code),
    ['UNUSED_TOKENS_DIFFER'],
  );
  t.deepEqual(pair.info.warnings, warnings);
  t.is(typeof (await scoreSteps(pair, {prompt: '2+3', response: 'Answer: 5'})).reward, 'number');
  await t.throwsAsync(pair.engine.logprobs([{tokens: Int32Array.of(1, 260, 2), from: 1}]), {
    message: /There is no token 260/,
  });
  const {differences, unusedTokensDiffer} = await describeModels([policy, larger]);
  t.deepEqual(
    [differences, unusedTokensDiffer],
    [
      [null, null],
      [false, true],
    ],
  );
});

test('a copy of the policy is no reference, unless an adapter makes another model of it', async t => {
  const copy = path.join(directory, 'copy.gguf');
  await copyFile(policy, copy);
  const error = await refusalOf({reference: copy});
  t.true(error instanceof PairMismatchError);
  t.regex(error.message, /same model byte for byte.*every reward would be 0/);
});

test('the same file twice is refused, by whatever names', async t => {
  for (const again of [policy, path.relative(process.cwd(), policy), pathToFileURL(policy).href]) {
    const error = await refusalOf({policy, reference: again});
    t.is(error.code, 'PAIR_MISMATCH');
    t.regex(error.message, /same file/);
  }
});

test('models are described and compared without their being a pair', async t => {
  const other = withOtherToken(directory, {index: 200, text: '<|other|>'});
  const larger = withExtraToken(directory, {text: '<|extra|>'});
  const {models, differences} = await describeModels([
    policy,
    reference,
    other,
    larger,
    bertModel(directory),
  ]);
  t.deepEqual(
    models.map(({architecture, vocabularySize}) => [architecture, vocabularySize]),
    [...Array.from({length: 3}, () => ['llama', 260]), ['llama', 261], ['bert', 64]],
  );
  t.deepEqual(differences.slice(0, 4), [
    null,
    null,
    {token: 200, left: 'È', right: '<|other|>'},
    {token: 260, left: null, right: '<|extra|>'},
  ]);
  t.like(differences[4], {token: 0, right: '[PAD]'});
});

test('a file that is described has to be a model', async t => {
  for (const file of [textFile(directory), truncatedModel(directory), modelWithGarbageCounts(directory)]) {
    const error = await t.throwsAsync(describeModels([policy, file]), {instanceOf: ModelError});
    t.is(error.code, 'MODEL_INVALID');
    t.true(error.message.includes(file));
  }
});

test('models can be opened after one that could not', async t => {
  await t.throwsAsync(openPair({policy: textFile(directory), gpu: false}));
  await t.throwsAsync(openPair({policy: truncatedModel(directory), gpu: false}));
  await t.notThrowsAsync(withPair({}, async () => {}));
});
