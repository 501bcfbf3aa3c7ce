import test from 'ava';
import {type Pair, scoreSteps} from '../../lib/index.js';
import {type GoldenCase, type GoldenResponse, readData, sequencesOf} from '../helpers/golden.js';
import {arithmeticPair, exact, loraFile, withPair} from '../helpers/pairs.js';

const {reference} = arithmeticPair();
const base = readData<GoldenCase>('logprobs.jsonl');
const adapted = readData<GoldenCase>('lora.jsonl');

/** The greatest and the mean distance of a response's log-probabilities from the golden ones, over both models. */
function distances(
  policy: Float32Array,
  ref: Float32Array,
  golden: GoldenResponse,
): {worst: number; mean: number} {
  const all = [
    ...Array.from(policy, (value, index) => Math.abs(value - golden.policyLogprobs[index]!)),
    ...Array.from(ref, (value, index) => Math.abs(value - golden.referenceLogprobs[index]!)),
  ];
  return {worst: Math.max(...all), mean: all.reduce((sum, value) => sum + value, 0) / all.length};
}

async function worstDistances(
  pair: Pair,
  cases: readonly GoldenCase[],
): Promise<{worst: number; mean: number}> {
  const result = {worst: 0, mean: 0};
  for (const golden of cases) {
    const logprobs = await pair.engine.logprobs(sequencesOf(golden));
    for (const [index, response] of golden.responses.entries()) {
      const {worst, mean} = distances(logprobs.policy[index]!, logprobs.reference![index]!, response);
      result.worst = Math.max(result.worst, worst);
      result.mean = Math.max(result.mean, mean);
    }
  }

  return result;
}

test('every token is within 2e-4 of the golden numbers with an F32 cache', async t => {
  const {worst} = await withPair(exact, async pair => worstDistances(pair, base));
  t.log(`worst token: ${worst.toExponential(1)} nats`);
  t.true(worst <= 2e-4);
});

test('log-probabilities of the graph are within 2e-4 of the golden numbers too', async t => {
  const {worst} = await withPair({...exact, logSoftmax: 'graph'}, async pair => {
    t.is(pair.info.logSoftmax, 'graph');
    return worstDistances(pair, base);
  });
  t.log(`worst token: ${worst.toExponential(1)} nats`);
  t.true(worst <= 2e-4);
});

test('every token is within 0.05, and a response within 3e-3 on average, with the default F16 cache', async t => {
  const {worst, mean} = await withPair({}, async pair => worstDistances(pair, base));
  t.log(`worst token: ${worst.toExponential(1)} nats, worst mean of a response: ${mean.toExponential(1)}`);
  t.true(worst <= 0.05);
  t.true(mean <= 3e-3);
});

test('base and adapter over one set of weights give the golden numbers', async t => {
  const options = {policy: reference, reference, lora: loraFile};
  const {worst} = await withPair({...options, ...exact}, async pair => worstDistances(pair, adapted));
  t.log(`worst token: ${worst.toExponential(1)} nats`);
  t.true(worst <= 2e-4);
  const half = await withPair(options, async pair => worstDistances(pair, adapted));
  t.true(half.worst <= 0.05);
  t.true(half.mean <= 3e-3);
});

test('a quantised cache with flash attention still comes close', async t => {
  const {mean} = await withPair({kvCacheType: 'q8_0'}, async pair => worstDistances(pair, base));
  t.true(mean <= 0.1);
});

test('without a reference the policy alone is evaluated', async t => {
  await withPair({...exact, reference: undefined}, async pair => {
    const logprobs = await pair.engine.logprobs(sequencesOf(base[0]!));
    t.is(logprobs.reference, null);
    const {worst} = distances(logprobs.policy[0]!, new Float32Array(), base[0]!.responses[0]!);
    t.true(worst <= 2e-4);
  });
});

test('text becomes the golden tokens', async t => {
  await withPair(exact, async pair => {
    for (const {prompt, complete, promptTokens, responses} of base) {
      const texts = responses.map(({text}) => text);
      const tokenised = await pair.tokeniser.tokenise(prompt, texts, {complete, allowSpecialTokens: false});
      for (const [index, {tokens, promptLength}] of tokenised.entries()) {
        t.deepEqual([...tokens.slice(0, promptLength)], promptTokens);
        t.deepEqual([...tokens.slice(promptLength)], responses[index]!.tokens);
      }
    }
  });
});

test('step rewards and Q values follow', async t => {
  await withPair(exact, async pair => {
    for (const {prompt, complete, responses} of base) {
      const scored = await scoreSteps(pair, {prompt, responses: responses.map(({text}) => text), complete});
      for (const [index, golden] of responses.entries()) {
        const {steps, reward} = scored[index]!;
        t.true(Math.abs(reward - golden.sumLogRatio) <= 2e-4 * golden.tokens.length);
        for (const [number, expected] of golden.steps?.entries() ?? []) {
          const step = steps[number]!;
          t.is(step.text, expected.text);
          t.deepEqual([step.tokenStart, step.tokenEnd], [expected.tokenStart, expected.tokenEnd]);
          t.true(Math.abs(step.logRatio - expected.logRatio) <= 1e-3);
          t.true(Math.abs(step.reward - expected.reward) <= 1e-3);
          t.true(Math.abs(step.q - expected.q) <= 2e-3);
        }
      }
    }
  });
});
