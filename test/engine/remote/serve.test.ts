import test from 'ava';
import {openPair, scoreSteps} from '../../../lib/index.js';
import {type GoldenCase, readData, sequencesOf} from '../../helpers/golden.js';
import {greatestDifference} from '../../helpers/greatest-difference.js';
import {arithmeticPair, exact, loraFile, withPair} from '../../helpers/pairs.js';
import {serving} from '../../serve/serving.js';

const {reference} = arithmeticPair();
const served = {policy: reference, reference, lora: loraFile, ...exact, gpu: false, threads: 1} as const;

test('a server of this package is a remote engine of this package, and gives the golden numbers', async t => {
  const pair = await openPair(served);
  t.teardown(async () => pair.close());
  const apiKey = 'a key that nobody knows';
  await serving(pair, {apiKey}, async ({url}) => {
    const models = {
      policy: {url, model: 'policy', apiKey},
      reference: {url, model: 'reference', apiKey},
    };
    await withPair(models, async there => {
      t.is(there.info.policy.remote!.engine, 'implicit-prm');
      t.is(there.info.contextSize, pair.info.contextSize);
      t.is(there.info.beta, pair.info.beta);
      for (const each of readData<GoldenCase>('lora.jsonl')) {
        const expected = {
          policy: each.responses.map(({policyLogprobs}) => Float32Array.from(policyLogprobs)),
          reference: each.responses.map(({referenceLogprobs}) => Float32Array.from(referenceLogprobs)),
        };
        const sequences = sequencesOf(each);
        const found = await there.engine.logprobs(sequences);
        t.true(greatestDifference(found, expected) < 2e-4);
        // The prompt is evaluated once, as here.
        const evaluated = found.evaluated.reduce((sum, count) => sum + count, 0);
        t.true(evaluated < sequences.reduce((sum, {tokens}) => sum + 2 * (tokens.length - 1), 0));
      }

      const input = {prompt: 'Compute 2 + 3', response: 'Step 1: 2 + 3 = 5 <|im_end|>\n\nAnswer: 5'};
      const [over, here] = [await scoreSteps(there, input), await scoreSteps(pair, input)];
      t.deepEqual(over.tokens.ids, here.tokens.ids);
      t.true(Math.abs(over.score - here.score) < 1e-3);
      const [sequence] = sequencesOf(readData<GoldenCase>('lora.jsonl')[0]!);
      const ask = async (one: typeof pair) =>
        one.engine.modelLogprobs('policy', [sequence!], {likeliest: true});
      t.deepEqual((await ask(there)).likeliest![0]!.tokens, (await ask(pair)).likeliest![0]!.tokens);
    });
  });
});
