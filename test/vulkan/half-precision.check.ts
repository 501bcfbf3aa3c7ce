// Why an F32 cache is no more exact on Vulkan: llama.cpp turns keys, values and queries to half precision for the
// multiplication where they do not lie in one piece, which takes a model of one attention head and a full cache.
import test from 'ava';
import {openPair, type PairOptions} from '../../lib/index.js';
import {type GoldenCase, readData, sequencesOf} from '../helpers/golden.js';
import {greatestDifference} from '../helpers/greatest-difference.js';
import {exact} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {policyFile, randomLlama} from '../helpers/tiny-models.js';
import {useLavapipe} from './lavapipe.js';

const onLavapipe = useLavapipe() === undefined ? test : test.skip;
const golden = readData<GoldenCase>('logprobs.jsonl').find(({id}) => id === 'odd-text')!;
const sequences = sequencesOf({...golden, responses: golden.responses.slice(0, 2)});

/** How far numbers of a model with so many heads are from those of the CPU. */
async function distanceWith(heads: number): Promise<number> {
  const directory = temporaryDirectory();
  const model = (seed: number) =>
    randomLlama(directory, {vocabFrom: policyFile, heads, seed, name: `model-${seed}`});
  const models = {policy: model(1), reference: model(2)};
  // One key-value cache of 256 cells, the least that llama.cpp looks at.
  const compute = async (gpu: PairOptions['gpu']) => {
    const pair = await openPair({
      ...models,
      ...exact,
      gpu,
      threads: 1,
      contextSize: 192,
      batchSize: 64,
      cacheSize: 0,
    });
    try {
      return await pair.engine.logprobs(sequences);
    } finally {
      await pair.close();
    }
  };
  return greatestDifference(await compute('vulkan'), await compute(false));
}

onLavapipe(
  'with an F32 cache numbers are exact where nothing is turned to half precision, and only there',
  async t => {
    const inOnePiece = await distanceWith(1);
    const spread = await distanceWith(2);
    t.log(`one head: ${inOnePiece.toExponential(1)} nats, two: ${spread.toExponential(1)}`);
    t.true(inOnePiece <= 2e-4);
    t.true(spread > 10 * inOnePiece);
  },
);
