import path from 'node:path';
import test from 'ava';
import {
  openPair,
  type RenderingOptions,
  type ScoredResponse,
  scoreSteps,
  type TrainEvent,
  type TrainResult,
  trainPair,
} from '../../lib/index.js';
import {nativeTools} from '../../lib/train/native-tools.js';
import {trainOptionsSchema} from '../../lib/train/train-options.js';
import {readData} from '../helpers/golden.js';
import {arithmeticPair, exact} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';
import {withChatTemplate} from '../helpers/tiny-models.js';

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

test('what is learned from is rendered as the options say', async t => {
  const template =
    '{% for m in messages %}{{ m.content }}{% endfor %}' +
    '{% if add_generation_prompt %}={% else %}|{{ effort }}|{{ strftime_now("%Y") }}{% endif %}';
  const options = {base: withChatTemplate(directory, template), data: [], output, date: '2031-02-03'};
  const textOf = async (more: RenderingOptions) => {
    const tools = await nativeTools.openTokeniser(trainOptionsSchema.parse({...options, ...more}));
    const call = {complete: false, allowSpecialTokens: false};
    const [tokenised] = await tools.tokeniser.tokenise('a', ['b'], call);
    await tools.close();
    return String.fromCharCode(...tokenised!.tokens);
  };
  t.is(await textOf({rendering: 'continuation'}), 'a=b');
  t.is(await textOf({rendering: 'conversation'}), 'ab');
  const early = '{% for m in messages %}{{ effort }}{{ strftime_now("%Y") }}{{ m.content }}{% endfor %}';
  options.base = withChatTemplate(directory, early);
  t.is(await textOf({templateArguments: {effort: 'low'}}), 'low2031alow2031b');
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
