// Training on a device, really run, on the Vulkan device that computes on the CPU.
import test, {type ExecutionContext} from 'ava';
import type {NativeTrainerOptions} from '../../lib/engine/native/native-trainer.js';
import {
  bundledPair,
  EvaluationError,
  openPair,
  RuntimeLoadError,
  type TrainOptions,
  trainPair,
} from '../../lib/index.js';
import {seededRandom} from '../../lib/utils/seeded-random.js';
import {readData} from '../helpers/golden.js';
import {greatestDifference} from '../helpers/greatest-difference.js';
import {exact} from '../helpers/pairs.js';
import {architectures, randomDecoder} from '../helpers/random-decoder.js';
import {type RandomType, randomQuantised} from '../helpers/random-quantised.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {policyFile, randomLlama} from '../helpers/tiny-models.js';
import {
  gradientsOf,
  relativeDistance,
  shake,
  someSequences,
  sumOf,
  withTrainer,
} from '../helpers/trainers.js';
import {useLavapipe} from './lavapipe.js';

const onLavapipe = useLavapipe() === undefined ? test : test.skip;
const directory = temporaryDirectory();
const sequences = someSequences();
const base = bundledPair().reference;

/** What a trainer on the device and one on the CPU give for the same adapter, and how far they are apart. */
async function distances(
  t: ExecutionContext,
  options: Partial<NativeTrainerOptions> & {base: string},
): Promise<{logprobs: number; gradients: number}> {
  const compute = async (gpu: 'vulkan' | false) =>
    withTrainer({...options, gpu}, async trainer => {
      t.regex(trainer.description.device, gpu === false ? /^$/u : /llvmpipe/u);
      await shake(trainer, 0.02);
      const gradients = await gradientsOf(trainer, sequences, [1, -0.5, 0.25]);
      return {gradients, logprobs: await trainer.forward(sequences, {adapter: true, keep: false})};
    });
  const [here, there] = [await compute(false), await compute('vulkan')];
  const rows = (policy: Float32Array[]) => ({policy, reference: null});
  const result = {
    logprobs: greatestDifference(rows(there.logprobs), rows(here.logprobs)),
    gradients: relativeDistance(there.gradients, here.gradients),
  };
  t.log(`${result.logprobs.toExponential(1)} nats, gradient ${result.gradients.toExponential(1)}`);
  return result;
}

for (const architecture of architectures) {
  onLavapipe(`${architecture}: the device has the CPU's log-probabilities and gradients`, async t => {
    const {logprobs, gradients} = await distances(t, {base: randomDecoder(directory, architecture)});
    // The CPU takes GELU from a table in half precision.
    t.true(logprobs <= 2e-3);
    t.true(gradients <= 1e-2);
  });
}

for (const type of ['F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_K', 'Q6_K'] as const satisfies RandomType[]) {
  onLavapipe(`a base of ${type} is trained on the device`, async t => {
    const single = randomLlama(directory, {
      vocabFrom: policyFile,
      ...{embedding: 256, heads: 4, kvHeads: 2, layers: 2, feedForward: 256},
    });
    const {quantised} = randomQuantised(single, `${directory}/typed-${type}`, type, seededRandom(11));
    const {logprobs, gradients} = await distances(t, {base: quantised});
    // The CPU rounds what a weight of few bits is multiplied by, the device does not.
    t.true(logprobs <= 0.25);
    t.true(gradients <= 0.12);
  });
}

onLavapipe(
  'layers that are kept on the device give the gradients of those that are computed again',
  async t => {
    const gradients = async (checkpoint: boolean) =>
      withTrainer({base, gpu: 'vulkan', checkpoint}, async trainer => {
        await shake(trainer);
        return gradientsOf(trainer, sequences, [1, -0.5, 0.25]);
      });
    t.true(relativeDistance(await gradients(true), await gradients(false)) <= 1e-6);
  },
);

onLavapipe('memory on the device is taken as it was planned', async t => {
  await withTrainer({base, gpu: 'vulkan', maxTokens: 512}, async trainer => {
    const planned = trainer.description.memory;
    await gradientsOf(trainer, someSequences(1, 120), [1, -0.5, 0.25]);
    const used = await trainer.memoryInUse();
    t.is(used.weights, planned.weights);
    t.is(used.adapter, planned.adapter);
    t.true(used.activations <= planned.activations);
    t.true(used.graph <= planned.graph);
  });
});

interface Problem {
  prompt: string;
  responses: {text: string; correct: boolean}[];
}

/** A right response and a wrong one to each of two prompts: all of them make one step. */
const learned = readData<Problem>('best-of-n.jsonl')
  .map(({prompt, responses}) => ({
    prompt,
    responses: [true, false].flatMap(wanted =>
      responses.filter(({correct}) => correct === wanted).slice(0, 1),
    ),
  }))
  .filter(({responses}) => responses.length === 2)
  .slice(0, 2);
const training = (output: string): TrainOptions => ({
  ...{base, data: learned, output, gpu: 'vulkan', threads: 1, beta: 1, learningRate: 3e-3},
  ...{epochs: 3, batchSize: 4, validation: 0, warmup: 0, decay: 'constant'},
});

onLavapipe('a training on the device lowers the loss, and the engine rewards as the trainer did', async t => {
  const output = `${directory}/adapter.gguf`;
  const losses: number[] = [];
  for await (const event of trainPair(training(output))) {
    if (event.type === 'step') {
      losses.push(event.loss);
    }
  }

  t.log(losses.map(loss => loss.toFixed(3)).join(' '));
  t.is(losses.length, 3);
  t.true(losses.at(-1)! < 0.9 * losses[0]!);
  const work = someSequences();
  const sums = async (adapter: boolean) =>
    withTrainer({base, gpu: 'vulkan', rank: 16, alpha: 32, initialAdapter: output}, async trainer =>
      (await trainer.forward(work, {adapter, keep: false})).map(sumOf),
    );
  const [policy, reference] = [await sums(true), await sums(false)];
  const pair = await openPair({
    policy: base,
    reference: base,
    lora: output,
    gpu: false,
    threads: 1,
    ...exact,
  });
  const scored = await pair.engine.logprobs(work);
  await pair.close();
  for (const [index, sum] of policy.entries()) {
    const logRatio = sumOf(scored.policy[index]!) - sumOf(scored.reference![index]!);
    t.true(Math.abs(sum - reference[index]! - logRatio) <= 1e-3);
  }
});

onLavapipe('a training on the device is stopped by its signal', async t => {
  const controller = new AbortController();
  const events = trainPair({...training(`${directory}/stopped.gguf`), signal: controller.signal});
  await t.throwsAsync(
    async () => {
      for await (const {type} of events) {
        if (type === 'step') {
          controller.abort();
        }
      }
    },
    {any: true, name: 'AbortError'},
  );
});

onLavapipe('a training over its memoryLimit, or on a device that is not there, is refused', async t => {
  await t.throwsAsync(
    withTrainer({base, gpu: 'vulkan', memoryLimit: 8_000_000}, async () => undefined),
    {
      instanceOf: EvaluationError,
      code: 'OUT_OF_MEMORY',
    },
  );
  await t.throwsAsync(
    withTrainer({base, gpu: 'metal'}, async () => undefined),
    {
      instanceOf: RuntimeLoadError,
      code: 'GPU_UNAVAILABLE',
    },
  );
});
