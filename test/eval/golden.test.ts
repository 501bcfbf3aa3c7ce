import {readFileSync} from 'node:fs';
import test from 'ava';
import type {BestOfNProblem} from '../../lib/eval/best-of-n-types.js';
import {bestThreshold} from '../../lib/eval/best-threshold.js';
import {CachedScorer} from '../../lib/eval/cached-scorer.js';
import {evaluateProcessBench} from '../../lib/eval/evaluate-process-bench.js';
import type {ProcessBenchSample} from '../../lib/eval/process-bench-types.js';
import {ScoreCache} from '../../lib/eval/score-cache.js';
import {stepsOf} from '../../lib/eval/steps-of.js';
import {joinSteps} from '../../lib/steps/join-steps.js';
import {splitSteps} from '../../lib/steps/split-steps.js';
import {readData, type Trace} from '../helpers/golden.js';
import {exact, withPair} from '../helpers/pairs.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

interface Problem {
  prompt: string;
  responses: {text: string; answer: string | null; correct: boolean}[];
}

interface Expected {
  processBench: Record<
    'qValue' | 'stepReward',
    {
      threshold: number;
      f1OnFirstHalf: number;
      f1OnSecondHalf: number;
      accuracyErroneous: number;
      accuracyCorrect: number;
    }
  >;
}

const expected = JSON.parse(
  readFileSync(new URL('../data/expected.json', import.meta.url), 'utf8'),
) as Expected;
const directory = temporaryDirectory();
let samples: ProcessBenchSample[];
let problems: BestOfNProblem[];

/** Scores the golden traces and some of the golden problems; test/rank/best-of-n.test.ts has them all. */
async function scoreAll(scorer: CachedScorer) {
  const rewards = {beta: await scorer.beta()};
  const scoredSamples: ProcessBenchSample[] = [];
  for (const {prompt, response, steps, label, correct} of readData<Trace>('traces.jsonl')) {
    const [scores] = await scorer.score({prompt, responses: [response]});
    const {spans} = joinSteps(steps, response);
    scoredSamples.push({label, finalAnswerCorrect: correct, steps: stepsOf(scores!, spans, rewards)});
  }

  const scoredProblems: BestOfNProblem[] = [];
  for (const {prompt, responses} of readData<Problem>('best-of-n.jsonl').slice(0, 32)) {
    const scores = await scorer.score({prompt, responses: responses.map(({text}) => text)});
    const candidates = responses.map(({text, answer, correct}, index) => {
      const spans = splitSteps(text);
      const steps = stepsOf(scores[index]!, spans, rewards);
      const withoutReference = stepsOf(scores[index]!, spans, {...rewards, withoutReference: true});
      return {answer, correct, steps, withoutReference};
    });
    scoredProblems.push({candidates});
  }

  return {samples: scoredSamples, problems: scoredProblems};
}

test.before(async t => {
  t.timeout(900_000);
  await withPair({...exact, batchSize: 128, cacheSize: 0}, async pair => {
    const scorer = new CachedScorer(await ScoreCache.open(directory, 'golden'), async () => pair);
    ({samples, problems} = await scoreAll(scorer));
    t.true(scorer.scored > 600);
    await scorer.close();
  });
});

test('a second evaluation runs no model and gives the same', async t => {
  const scorer = new CachedScorer(await ScoreCache.open(directory, 'golden'), async () => {
    throw new Error('The models are opened');
  });
  t.deepEqual(await scoreAll(scorer), {samples, problems});
  t.is(scorer.scored, 0);
  await scorer.close();
});

for (const [by, name] of [
  ['q', 'qValue'],
  ['reward', 'stepReward'],
] as const) {
  test(`ProcessBench by ${by}: threshold, accuracies and F1 are what they should be`, t => {
    const wanted = expected.processBench[name];
    const {threshold, f1} = bestThreshold(samples.slice(0, 300), {by});
    const result = evaluateProcessBench(samples.slice(300), {threshold, by});
    t.log(`threshold ${threshold}, F1 ${f1.toFixed(4)} and ${result.f1!.value.toFixed(4)}`);
    t.true(Math.abs(threshold - wanted.threshold) < 1e-3);
    t.true(Math.abs(f1 - wanted.f1OnFirstHalf) < 0.005);
    t.true(Math.abs(result.f1!.value - wanted.f1OnSecondHalf) < 0.005);
    t.true(Math.abs(result.accuracyErroneous!.value - wanted.accuracyErroneous) < 0.005);
    t.true(Math.abs(result.accuracyCorrect!.value - wanted.accuracyCorrect) < 0.005);
  });
}
