import {readFileSync} from 'node:fs';
import test from 'ava';
import {seededRandom} from '../../../lib/utils/seeded-random.js';
import {arithmeticPair} from '../../helpers/pairs.js';
import {type RandomType, randomQuantised} from '../../helpers/random-quantised.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {randomLlama} from '../../helpers/tiny-models.js';
import {gradientsOf, relativeDistance, shake, someSequences, withTrainer} from '../../helpers/trainers.js';

const directory = temporaryDirectory();
const shape = {vocabFrom: arithmeticPair().policy, layers: 2} as const;
/** Of whole blocks of every type, and of more rows and columns than are multiplied at a time. */
const base = randomLlama(directory, {...shape, embedding: 256, heads: 4, kvHeads: 2, feedForward: 1280});
/** Of what is left over of most that is done at a time. */
const uneven = randomLlama(directory, {
  ...shape,
  embedding: 160,
  heads: 5,
  feedForward: 1120,
  name: 'uneven',
});

/**
 * How far the gradient may be from that of the same numbers in single precision. The CPU rounds what a quantised weight is
 * multiplied by, to eight bits, and what one of 16 bits is, to that type.
 */
const tolerances: Record<RandomType, number> = {
  F16: 0.005,
  BF16: 0.02,
  Q8_0: 0.05,
  Q4_0: 0.07,
  Q4_K: 0.12,
  Q6_K: 0.07,
};
/** The same where our own products round it to BF16, of weights that are no more exact than that. */
const tolerancesInBf16: typeof tolerances = {...tolerances, Q8_0: 0.03, Q4_K: 0.04, Q6_K: 0.03};

const hasBf16 = (() => {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8').includes('avx512_bf16');
  } catch {
    return false;
  }
})();

const gradients = async (path: string, options: {portable?: boolean; threads?: number} = {}) =>
  withTrainer({base: path, ...options}, async trainer => {
    await shake(trainer, 0.02);
    return gradientsOf(trainer, someSequences(), [1, -0.5, 0.25]);
  });

for (const [type, tolerance] of Object.entries(tolerances) as [RandomType, number][]) {
  test(`a base of ${type} gives nearly the gradients of its numbers in single precision`, async t => {
    const models = randomQuantised(base, `${directory}/typed`, type, seededRandom(11));
    const single = await gradients(models.single);
    const portable = await gradients(models.quantised, {portable: true});
    const fast = await gradients(models.quantised);
    const distances = [portable, fast].map(found => relativeDistance(found, single));
    t.log(`relative distance ${distances.map(distance => distance.toExponential(1)).join(', in BF16 ')}`);
    t.true(distances[0]! <= tolerance);
    t.true(distances[1]! <= (hasBf16 ? tolerancesInBf16 : tolerances)[type]);
    t.true(distances.every(distance => distance > 0));
  });
}

for (const type of ['BF16', 'Q8_0', 'Q4_0'] as const) {
  test(`shapes that fill no block of what is done at a time are multiplied whole, in ${type}`, async t => {
    const models = randomQuantised(uneven, `${directory}/uneven`, type, seededRandom(12));
    const single = await gradients(models.single);
    const alone = await gradients(models.quantised, {threads: 1});
    const limit = (hasBf16 ? tolerancesInBf16 : tolerances)[type];
    t.true(relativeDistance(alone, single) <= limit);
    t.true(relativeDistance(await gradients(models.quantised, {threads: 3}), alone) <= 1e-5);
  });
}

(hasBf16 ? test : test.skip)('weights of 16 bits or fewer, but not F16, are multiplied in BF16', async t => {
  for (const [type, isRounded] of [
    ['BF16', true],
    ['Q8_0', true],
    ['F16', false],
  ] as const) {
    const models = randomQuantised(base, `${directory}/paths`, type, seededRandom(13));
    const distance = relativeDistance(
      await gradients(models.quantised),
      await gradients(models.quantised, {portable: true}),
    );
    t.log(`${type}: ${distance.toExponential(1)}`);
    t.is(distance > 2e-5, isRounded);
  }
});
