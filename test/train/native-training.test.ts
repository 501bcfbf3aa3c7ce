import path from 'node:path';
import test from 'ava';
import {
  openPair,
  type ScoredResponse,
  scoreSteps,
  type TrainEvent,
  type TrainResult,
  trainPair,
} from '../../lib/index.js';
import {readData} from '../helpers/golden.js';
import {arithmeticPair, exact} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

interface Problem {
  prompt: string;
  responses: {text: string; correct: boolean}[];
}

const directory = temporaryDirectory();
const {reference: base, policy: other} = arithmeticPair();
const output = path.join(directory, 'adapter.gguf');
const data = readData<Problem>('best-of-n.jsonl')
  .slice(0, 10)
  .map(({prompt, responses}) => ({prompt, responses: responses.slice(0, 4)}));
const events: TrainEvent[] = [];
let result: TrainResult;

test.before(async t => {
  t.timeout(600_000);
  const training = trainPair({
    ...{base, data, output, beta: 1, learningRate: 3e-3, batchSize: 8, epochs: 1, validation: 0.3},
    ...{threads: 1, gpu: false, validationsPerEpoch: 1},
  });
  for await (const event of training) {
    events.push(event);
    if (event.type === 'result') {
      result = event.result;
    }
  }
});

test('a training on a model ends with an adapter, having moved away from the reference', t => {
  const steps = events.filter(event => event.type === 'step');
  t.is(steps.length, result.steps);
  // Nothing is trained yet: what is not 0 is how a batch is packed, in single precision.
  t.true(Math.abs(steps[0]!.loss - Math.LN2) < 1e-4);
  t.true(steps[0]!.meanAbsoluteReward < 1e-4);
  t.true(steps.at(-1)!.meanAbsoluteReward > 0.01);
  t.is(result.data.heldOutPrompts, 3);
});

test('trainer and engine agree on the rewards of the adapter', async t => {
  t.timeout(600_000);
  const pair = await openPair({
    ...{policy: base, reference: base, lora: output, gpu: false as const, threads: 1},
    ...exact,
  });
  try {
    t.is(pair.info.beta, 1);
    t.true(pair.info.sharesWeights);
    const scored: ScoredResponse[] = [];
    for (const {prompt, responses} of data) {
      const texts = [...new Set(responses.map(({text}) => text))];
      scored.push(...(await scoreSteps(pair, {prompt, responses: texts})));
    }

    const rewards = scored.map(({reward}) => reward);
    t.true(result.evaluation!.outcomes.length > 6);
    for (const {reward} of result.evaluation!.outcomes) {
      t.true(
        rewards.some(one => Math.abs(one - reward) < 1e-3),
        String(reward),
      );
    }
  } finally {
    await pair.close();
  }
});

test('an adapter that is applied to another base than its own is warned of', async t => {
  const warnings = async (policy: string) => {
    const pair = await openPair({policy, lora: output, gpu: false, threads: 1, contextSize: 32});
    await pair.close();
    return pair.info.warnings;
  };
  t.deepEqual(await warnings(base), []);
  const [warning] = await warnings(other);
  t.is(warning!.code, 'OTHER_BASE');
  t.regex(warning!.message, /^The adapter adapter\.gguf was trained on another base .*than policy\.gguf/u);
});
