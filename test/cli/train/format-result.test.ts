import test from 'ava';
import {Chalk} from 'chalk';
import {formatTrainResult} from '../../../lib/cli/train/format-result.js';
import type {TrainResult} from '../../../lib/index.js';
import type {HeldOutResponse} from '../../../lib/train/evaluation/measured-response.js';
import {evaluateTraining} from '../../../lib/train/evaluation/train-evaluation.js';

const plain = new Chalk({level: 0});

/** A training whose rewards came to so many units, told right from wrong, or took one for the other. */
function trained({meanAbsoluteReward, tells}: {meanAbsoluteReward: number; tells: boolean}): TrainResult {
  const step = (reward: number) => [{reward, q: reward}];
  const response = (correct: boolean): HeldOutResponse => {
    const sign = correct === tells ? 1 : -1;
    return {
      answer: correct ? '1' : '2',
      correct,
      steps: {reward: step(sign), control: step(-sign), withoutReference: step(sign)},
    };
  };
  const metrics = {loss: 0.69, accuracy: 0.5, meanAbsoluteReward, meanRewardRight: 0, meanRewardWrong: 0};
  return {
    output: 'adapter.gguf',
    objective: 'ce',
    beta: 0.05,
    steps: 1,
    bestStep: 1,
    stoppedEarly: false,
    data: {
      ...{records: 12, prompts: 12, responses: 24, right: 12, units: 24, heldOutPrompts: 12},
      ...{heldOutResponses: 24, solutions: 0, learnedSolutions: 0, unused: {} as never},
    },
    evaluation: evaluateTraining(
      Array.from({length: 12}, () => [response(true), response(false)]),
      [],
    ),
    history: {steps: [{step: 1, gradientNorm: 1, learningRate: 2e-4, ...metrics}], validations: []},
  };
}

const linesOf = (result: TrainResult) => formatTrainResult(result, 'base.gguf', plain).split('\n');

test('all figures of a training stand in columns', t => {
  const lines = linesOf(trained({meanAbsoluteReward: 1, tells: true}));
  const rows = lines.filter(line => /^ {2}(?:outcome|best|vote|majority|random)/u.test(line));
  t.true(rows.some(row => row.startsWith('  random choice of 2')));
  for (const row of rows) {
    t.is(row.search(/ \d+\.\d /u), 21, row);
  }
});

test('rewards that stayed near 0 and tell nothing come with what to change', t => {
  const text = linesOf(trained({meanAbsoluteReward: 0.012, tells: false})).join('\n');
  t.regex(text, /does not beat its control/u);
  t.regex(text, /\|R\| was 0\.012 at the end.*--beta above\n0\.05 if .*--learning-rate above 0\.0002\./su);
});

test('rewards that are large or tell something come without advice', t => {
  t.notRegex(linesOf(trained({meanAbsoluteReward: 3, tells: false})).join('\n'), /--learning-rate/u);
  t.notRegex(linesOf(trained({meanAbsoluteReward: 0.012, tells: true})).join('\n'), /--learning-rate/u);
});
