import path from 'node:path';
import test from 'ava';
import {describeModels, scoreSteps} from '../../lib/index.js';
import {u32} from '../helpers/gguf-file.js';
import {arithmeticPair, withPair} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {withMetadata} from '../helpers/tiny-models.js';

const directory = temporaryDirectory();

/** The bundled policy, said to be trained on texts of another length. */
function trainedOn(length: number): string {
  return withMetadata(arithmeticPair().policy, path.join(directory, `${length}.gguf`), {
    'llama.context_length': u32(length),
  });
}

/** More than any model was trained on, and the most that the check of the file lets through. */
const boundless = 2 ** 31 - 1;

test('a model said to be trained on more tokens than any gets a context of usual size', async t => {
  const policy = trainedOn(boundless);
  await withPair({policy, reference: undefined}, async pair => {
    t.is(pair.info.contextSize, 4096);
    t.is(pair.info.policy.contextLength, boundless);
    t.true(Number.isFinite((await scoreSteps(pair, {prompt: 'x', response: 'y'})).reward));
  });
  await withPair({policy, reference: undefined, contextSize: 5000}, async pair => {
    t.is(pair.info.contextSize, 5000);
  });
  t.is((await describeModels([policy])).models[0]!.contextLength, boundless);
});

test('a pair of a usual model and one of boundless context has the context of the usual one', async t => {
  await withPair({policy: trainedOn(boundless)}, async pair => {
    t.is(pair.info.contextSize, 512);
  });
});
