import {readFileSync} from 'node:fs';
import test from 'ava';
import {bestThreshold, evaluateProcessBench, type ScoredResponse, scoreSteps} from '../../lib/index.js';
import {auc} from '../helpers/auc.js';
import {expectedTraceResults, readData, type Trace} from '../helpers/golden.js';
import {exact, withPair} from '../helpers/pairs.js';

interface ScoredTrace extends Trace {
  scored: ScoredResponse;
}

interface ExpectedEvaluation {
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

const {processBench} = JSON.parse(
  readFileSync(new URL('../data/expected.json', import.meta.url), 'utf8'),
) as ExpectedEvaluation;
const expected = expectedTraceResults();
let traces: ScoredTrace[];

test.before(async t => {
  t.timeout(600_000);
  const data = readData<Trace>('traces.jsonl');
  traces = await withPair(exact, async pair => {
    const scored: ScoredTrace[] = [];
    for (const trace of data) {
      scored.push({...trace, scored: await scoreSteps(pair, inputOf(trace))});
    }

    return scored;
  });
});

function inputOf({prompt, response, steps}: Trace) {
  return {prompt, response, steps};
}

const lowest = (values: readonly number[]) => values.indexOf(Math.min(...values));
const rewardsOf = ({scored}: ScoredTrace) => scored.steps.map(({reward}) => reward);

test('the first wrong step has the lowest reward as often as it should', t => {
  const erroneous = traces.filter(({label}) => label >= 0);
  const hits = erroneous.filter(trace => lowest(rewardsOf(trace)) === trace.label);
  const share = hits.length / erroneous.length;
  t.log(`${(100 * share).toFixed(2)} % of ${erroneous.length} wrong traces`);
  t.is(erroneous.length, expected.erroneous);
  t.true(Math.abs(share - expected.firstErrorHasLowestReward) < 0.005);
});

test('the AUC of step rewards against the true step labels is what it should be', t => {
  const right: number[] = [];
  const wrong: number[] = [];
  for (const trace of traces) {
    for (const [index, reward] of rewardsOf(trace).entries()) {
      if (trace.label === -1 || index < trace.label) {
        right.push(reward);
      } else if (index === trace.label) {
        wrong.push(reward);
      }
    }
  }

  const area = auc(right, wrong);
  t.log(`AUC ${area.toFixed(4)}`);
  t.true(Math.abs(area - expected.stepAuc) < 0.001);
});

test('the AUC of outcomes is what it should be', t => {
  const areaBy = (score: (trace: ScoredTrace) => number) =>
    auc(traces.filter(({correct}) => correct).map(score), traces.filter(({correct}) => !correct).map(score));
  t.true(Math.abs(areaBy(({scored}) => scored.reward) - expected.outcomeAuc.sum) < 0.001);
  t.true(Math.abs(areaBy(({scored}) => scored.score) - expected.outcomeAuc.min) < 0.001);
  const policyAlone = ({scored}: ScoredTrace) =>
    scored.tokens.policyLogprobs.reduce((sum, value) => sum + value, 0);
  t.true(Math.abs(areaBy(policyAlone) - expected.outcomeAuc.withoutReferenceSum) < 0.001);
});

for (const [by, name] of [
  ['q', 'qValue'],
  ['reward', 'stepReward'],
] as const) {
  test(`ProcessBench by ${by}: threshold, accuracies and F1 are what they should be`, t => {
    const wanted = processBench[name];
    const samples = traces.map(({label, correct, scored}) => ({
      label,
      finalAnswerCorrect: correct,
      steps: scored.steps,
    }));
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
