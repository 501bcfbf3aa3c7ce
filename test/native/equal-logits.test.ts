import {join} from 'node:path';
import test from 'ava';
import {EvaluationError} from '../../lib/index.js';
import {type GgufTensor, readGguf, writeGguf} from '../helpers/gguf-file.js';
import {exact, withPair} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {referenceFile} from '../helpers/tiny-models.js';

const directory = temporaryDirectory();
const sequence = {tokens: Int32Array.of(258, 65, 66, 67), from: 1};

/** The arithmetic pair's reference with one of its tensors changed. */
function changed(name: string, tensor: string, change: (numbers: Float32Array) => void): string {
  const {metadata, tensors} = readGguf(referenceFile);
  const withNumbers = (original: GgufTensor): GgufTensor => {
    const data = original.data.slice();
    change(new Float32Array(data.buffer, data.byteOffset, data.length / 4));
    return {...original, data};
  };
  return writeGguf(join(directory, `${name}.gguf`), {
    metadata,
    tensors: tensors.map(each => (each.name === tensor ? withNumbers(each) : each)),
  });
}

for (const logSoftmax of ['host', 'graph'] as const) {
  const options = {...exact, reference: undefined, logSoftmax};

  test(`of equally likely tokens it is the first: all of them (${logSoftmax})`, async t => {
    const policy = changed(`even-${logSoftmax}`, 'output_norm.weight', numbers => numbers.fill(0));
    await withPair({...options, policy}, async pair => {
      const {likeliest, logprobs} = await pair.engine.modelLogprobs('policy', [sequence], {likeliest: true});
      t.deepEqual([...likeliest![0]!.tokens], [0, 0, 0, 0]);
      t.true(likeliest![0]!.logprobs.every(logprob => Math.abs(logprob + Math.log(260)) < 1e-5));
      t.deepEqual(logprobs[0], likeliest![0]!.logprobs.slice(0, -1));
    });
  });

  test(`of equally likely tokens it is the first: two that share all probability (${logSoftmax})`, async t => {
    const ask = async (policy: string) =>
      withPair({...options, policy}, async pair => {
        const {likeliest} = await pair.engine.modelLogprobs('policy', [sequence], {likeliest: true});
        return likeliest![0]!;
      });
    const before = await ask(referenceFile);
    const place = before.logprobs.findIndex(logprob => Math.exp(logprob) > 0.6);
    const best = before.tokens[place]!;
    t.true(best > 1, 'the model is sure of a token other than the first');
    // Token 1 is made its twin, and takes half of its probability.
    const policy = changed(`twins-${logSoftmax}`, 'token_embd.weight', numbers => {
      const width = numbers.length / 260;
      numbers.copyWithin(width, best * width, (best + 1) * width);
    });
    const after = await ask(policy);
    t.is(after.tokens[place], 1);
    t.true(after.logprobs[place]! > before.logprobs[place]! - Math.LN2 - 0.01);
    t.true(after.logprobs[place]! <= -Math.LN2 + 1e-5);
  });

  test(`where logits are no numbers nothing is the likeliest (${logSoftmax})`, async t => {
    const policy = changed(`none-${logSoftmax}`, 'output_norm.weight', numbers => numbers.fill(Number.NaN));
    await withPair({...options, policy}, async pair => {
      for (const likeliest of [false, true]) {
        await t.throwsAsync(pair.engine.modelLogprobs('policy', [sequence], {likeliest}), {
          instanceOf: EvaluationError,
          code: 'EVALUATION_FAILED',
          message: /At token 1 of sequences\[0\] the policy gives a log-probability of NaN/,
        });
      }
    });
  });
}
