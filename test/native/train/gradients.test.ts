import test from 'ava';
import {Float64Llama} from '../../helpers/float64-llama.js';
import {type GoldenCase, readData, sequencesOf} from '../../helpers/golden.js';
import {arithmeticPair} from '../../helpers/pairs.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';
import {randomLlama} from '../../helpers/tiny-models.js';
import {
  gradientsOf,
  relativeDistance,
  shake,
  someSequences,
  sumOf,
  withTrainer,
} from '../../helpers/trainers.js';

const directory = temporaryDirectory();
const tiny = randomLlama(directory, {
  vocabFrom: arithmeticPair().policy,
  ...{embedding: 16, heads: 2, kvHeads: 1, layers: 2, feedForward: 32, seed: 5},
});
const sequences = someSequences(3, 8).map(({tokens, from}) => ({
  tokens: tokens.slice(6, 18),
  from: Math.max(1, from - 6),
}));
const weights = [1, -0.5, 0.25];

test('gradients are those of a computation in double precision, to 1e-5', async t => {
  const adapter = {rank: 1, alpha: 3};
  await withTrainer({base: tiny, ...adapter}, async trainer => {
    const parameters = await shake(trainer, 0.1);
    const found = await gradientsOf(trainer, sequences, weights);
    const model = new Float64Llama(tiny);
    const numbers = new Map(parameters.map(({name, values}) => [name, Float64Array.from(values)]));
    const loss = () =>
      sumOf(
        sequences.map(
          ({tokens, from}, i) =>
            weights[i]! * sumOf(model.logprobs(tokens, from, {...adapter, parameters: numbers})),
        ),
      );
    const expected = parameters.map(({name}) => {
      const values = numbers.get(name)!;
      const slope = (_: number, index: number) => {
        const before = values[index]!;
        const at = (change: number) => {
          values[index] = before + change;
          return loss();
        };
        const difference = (at(1e-4) - at(-1e-4)) / 2e-4;
        values[index] = before;
        return difference;
      };
      return {name, values: Float32Array.from(values, slope)};
    });
    const all = relativeDistance(found, expected);
    const worst = Math.max(...expected.map((one, i) => relativeDistance([found[i]!], [one])));
    t.log(`relative distance ${all.toExponential(1)}, worst of a tensor ${worst.toExponential(1)}`);
    t.true(all <= 1e-5);
    t.true(worst <= 3e-5);
  });
});

test('log-probabilities are those of a computation in double precision', async t => {
  await withTrainer({base: arithmeticPair().reference, maxTokens: 512}, async trainer => {
    for (const golden of readData<GoldenCase>('logprobs.jsonl')) {
      const logprobs = await trainer.forward(sequencesOf(golden), {adapter: false, keep: false});
      for (const [index, {referenceLogprobs}] of golden.responses.entries()) {
        const distances = referenceLogprobs.map((value, k) => Math.abs(value - logprobs[index]![k]!));
        t.true(Math.max(...distances) <= 2e-4);
      }
    }
  });
});

test('a weight of its own for each token weighs its log-probability', async t => {
  await withTrainer({base: tiny}, async trainer => {
    await shake(trainer);
    const same = await gradientsOf(trainer, sequences, weights);
    await trainer.step({learningRate: 0, weightDecay: 0, clip: 0});
    const byToken = sequences.map(({tokens, from}, i) =>
      new Float32Array(tokens.length - from).fill(weights[i]!),
    );
    t.deepEqual(await gradientsOf(trainer, sequences, byToken), same);
    await trainer.step({learningRate: 0, weightDecay: 0, clip: 0});

    // Only what is said of the first token: as if it were scored alone.
    const first = sequences.map(({tokens, from}) =>
      Float32Array.from({length: tokens.length - from}, (_, k) => (k === 0 ? 1 : 0)),
    );
    const alone = sequences.map(({tokens, from}) => ({tokens: tokens.slice(0, from + 1), from}));
    const masked = await gradientsOf(trainer, sequences, first);
    await trainer.step({learningRate: 0, weightDecay: 0, clip: 0});
    t.true(relativeDistance(masked, await gradientsOf(trainer, alone, [1, 1, 1])) <= 1e-5);
  });
});
