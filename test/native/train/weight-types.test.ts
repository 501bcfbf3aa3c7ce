import test from 'ava';
import {seededRandom} from '../../../lib/utils/seeded-random.js';
import {arithmeticPair} from '../../helpers/pairs.js';
import {type RandomType, randomQuantised} from '../../helpers/random-quantised.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {randomLlama} from '../../helpers/tiny-models.js';
import {gradientsOf, relativeDistance, shake, someSequences, withTrainer} from '../../helpers/trainers.js';

const directory = temporaryDirectory();
const base = randomLlama(directory, {
  vocabFrom: arithmeticPair().policy,
  ...{embedding: 256, heads: 4, kvHeads: 2, layers: 2, feedForward: 256},
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

for (const [type, tolerance] of Object.entries(tolerances) as [RandomType, number][]) {
  test(`a base of ${type} gives nearly the gradients of its numbers in single precision`, async t => {
    const models = randomQuantised(base, `${directory}/typed`, type, seededRandom(11));
    const gradients = async (path: string) =>
      withTrainer({base: path}, async trainer => {
        t.log(`self-check: ${trainer.description.selfCheck.worst.toExponential(1)} nats`);
        await shake(trainer, 0.02);
        return gradientsOf(trainer, someSequences(), [1, -0.5, 0.25]);
      });
    const distance = relativeDistance(await gradients(models.quantised), await gradients(models.single));
    t.log(`relative distance ${distance.toExponential(1)}`);
    t.true(distance <= tolerance);
    t.true(distance > 0);
  });
}
