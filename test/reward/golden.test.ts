import {readFileSync} from 'node:fs';
import test from 'ava';
import {stepRewards} from '../../lib/reward/step-rewards.js';
import {splitSteps} from '../../lib/steps/split-steps.js';
import {stepBoundaries} from '../../lib/steps/step-boundaries.js';

interface GoldenStep {
  text: string;
  tokenStart: number;
  tokenEnd: number;
  logRatio: number;
  reward: number;
  q: number;
}

interface GoldenCase {
  id: string;
  complete: boolean;
  beta: number;
  responses: Array<{
    text: string;
    tokens: number[];
    policyLogprobs: number[];
    referenceLogprobs: number[];
    sumLogRatio: number;
    steps?: GoldenStep[];
  }>;
}

// Computed in float64 by an implementation that shares nothing with this one.
const lines = readFileSync(new URL('../data/logprobs.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const cases = lines.map(line => JSON.parse(line) as GoldenCase);
const responses = cases.flatMap(({id, responses}) =>
  responses.flatMap(response => (response.steps ? [{id, ...response, steps: response.steps}] : [])),
);

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-5;

test('there are golden responses', t => t.true(responses.length >= 60));

test('step rewards equal those of an independent computation', t => {
  for (const {id, policyLogprobs, referenceLogprobs, steps} of responses) {
    const stepEnds = steps.map(({tokenEnd}) => tokenEnd);
    const rewards = stepRewards({policyLogprobs, referenceLogprobs, stepEnds, beta: 1});
    for (const [index, expected] of steps.entries()) {
      const step = rewards[index]!;
      t.is(step.tokenStart, expected.tokenStart, id);
      t.true(near(step.logRatio, expected.logRatio), `${id}: log-ratio of step ${index}`);
      t.true(near(step.reward, expected.reward), `${id}: reward of step ${index}`);
      t.true(near(step.q, expected.q), `${id}: q of step ${index}`);
    }
  }
});

test('the outcome reward is the log-ratio of the whole response', t => {
  for (const {beta, responses} of cases) {
    for (const {policyLogprobs, referenceLogprobs, sumLogRatio} of responses) {
      const stepEnds = [policyLogprobs.length];
      const [step] = stepRewards({policyLogprobs, referenceLogprobs, stepEnds, beta});
      t.true(near(step!.q, beta * sumLogRatio));
    }
  }
});

test('blank lines cut the same steps as the independent computation', t => {
  for (const {id, text, steps} of responses) {
    t.deepEqual(
      splitSteps(text).map(span => span.text),
      steps.map(step => step.text),
      id,
    );
  }
});

test('tokens fall to the same steps as in the independent computation', t => {
  for (const {id, text, tokens, steps} of responses) {
    // One byte a token, ASCII, and the end-of-turn token where the text ends.
    const tokenStarts = tokens.map((_, index) => index);
    const stepStarts = splitSteps(text).map(({start}) => start);
    t.deepEqual(
      stepBoundaries(tokenStarts, stepStarts),
      steps.map(({tokenEnd}) => tokenEnd),
      id,
    );
  }
});
