import test from 'ava';
import {openPair} from '../../lib/index.js';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {Float64Llama} from '../helpers/float64-llama.js';
import {arithmeticPair, exact} from '../helpers/pairs.js';
import {type RandomType, randomQuantised} from '../helpers/random-quantised.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {randomLlama} from '../helpers/tiny-models.js';
import {someSequences} from '../helpers/trainers.js';

const directory = temporaryDirectory();
const base = randomLlama(directory, {
  vocabFrom: arithmeticPair().policy,
  ...{embedding: 256, heads: 4, kvHeads: 2, layers: 2, feedForward: 256},
});
const sequences = someSequences();

/**
 * How far the log-probabilities of a model may be from those in double precision, in nats: of a token, and on average. The
 * CPU rounds what a quantised weight is multiplied by to eight bits, and what one of 16 bits is to that type.
 */
const bounds: Record<RandomType, {worst: number; mean: number}> = {
  F16: {worst: 0.01, mean: 0.002},
  BF16: {worst: 0.06, mean: 0.015},
  Q8_0: {worst: 0.08, mean: 0.025},
  Q4_0: {worst: 0.08, mean: 0.02},
  Q4_K: {worst: 0.25, mean: 0.06},
  Q6_K: {worst: 0.12, mean: 0.04},
};

async function errorsOf(path: string): Promise<{worst: number; mean: number}> {
  const double = new Float64Llama(path);
  await using pair = await openPair({policy: path, gpu: false, threads: 1, ...exact});
  const {policy} = await pair.engine.logprobs(sequences);
  const errors = sequences.flatMap(({tokens, from}, index) =>
    double.logprobs(tokens, from).map((value, at) => Math.abs(value - policy[index]![at]!)),
  );
  return {worst: Math.max(...errors), mean: errors.reduce((sum, error) => sum + error, 0) / errors.length};
}

for (const [type, bound] of Object.entries(bounds) as [RandomType, (typeof bounds)[RandomType]][]) {
  test(`weights of ${type} give the log-probabilities of their numbers in double precision, nearly`, async t => {
    const {quantised, single} = randomQuantised(base, `${directory}/typed`, type, seededRandom(11));
    const {worst, mean} = await errorsOf(quantised);
    t.log(`worst token ${worst.toExponential(1)} nats, mean ${mean.toExponential(1)}`);
    t.true(worst <= bound.worst);
    t.true(mean <= bound.mean);
    // The same numbers in single precision are not rounded, so the bound is one for what the type does.
    const {worst: ofSingle} = await errorsOf(single);
    t.true(ofSingle <= 1e-4, `${ofSingle}`);
  });
}
