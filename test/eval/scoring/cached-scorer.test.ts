import test from 'ava';
import type {BestOfNProblem} from '../../../lib/eval/best-of-n/types.js';
import type {ProcessBenchSample} from '../../../lib/eval/process-bench/types.js';
import {CachedScorer} from '../../../lib/eval/scoring/cached-scorer.js';
import {ScoreCache} from '../../../lib/eval/scoring/score-cache.js';
import {stepsOf} from '../../../lib/eval/scoring/steps-of.js';
import {joinSteps} from '../../../lib/steps/join-steps.js';
import {splitSteps} from '../../../lib/steps/split-steps.js';
import {readData, type Trace} from '../../helpers/golden.js';
import {exact, withPair} from '../../helpers/pairs.js';
import {temporaryDirectory} from '../../helpers/temporary-directory.js';

interface Problem {
  prompt: string;
  responses: {text: string; answer: string | null; correct: boolean}[];
}

const directory = temporaryDirectory();
let samples: ProcessBenchSample[];
let problems: BestOfNProblem[];

/** Scores some of the golden traces and problems. */
async function scoreAll(scorer: CachedScorer) {
  const rewards = {beta: await scorer.beta()};
  const scoredSamples: ProcessBenchSample[] = [];
  for (const {prompt, response, steps, label, correct} of readData<Trace>('traces.jsonl').slice(0, 40)) {
    const [scores] = await scorer.score({prompt, responses: [response]});
    const {spans} = joinSteps(steps, response);
    scoredSamples.push({label, finalAnswerCorrect: correct, steps: stepsOf(scores!, spans, rewards)});
  }

  const scoredProblems: BestOfNProblem[] = [];
  for (const {prompt, responses} of readData<Problem>('best-of-n.jsonl').slice(0, 4)) {
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
  await withPair({...exact, batchSize: 128, cacheSize: 0}, async pair => {
    const scorer = new CachedScorer(await ScoreCache.open(directory, 'golden'), async () => pair);
    ({samples, problems} = await scoreAll(scorer));
    t.true(scorer.scored > 60);
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
