import type {Estimate} from '../../lib/index.js';
import type {Measure} from '../../lib/train/evaluation/comparison.js';
import {markdownTable} from '../table.js';
import type {Experiment} from './plan.js';
import type {Outcome} from './run.js';

/** What is shown of each training. */
export const shown: readonly {measure: Measure; title: string}[] = [
  {measure: 'outcomeAucMin', title: 'outcome AUC'},
  {measure: 'stepAuc', title: 'step AUC'},
  {measure: 'processBenchF1', title: 'ProcessBench F1'},
  {measure: 'bestOfNMin', title: 'best of 16'},
  {measure: 'weightedVote', title: 'weighted vote'},
];

/** One question's answers in per cent, with 95 % intervals; last the control, which all have in common. */
export function answerTable(answers: readonly {experiment: Experiment; outcome: Outcome}[]): string {
  const header = ['', 'labels', ...shown.map(({title}) => title), 'best of 16 without reference'];
  const rows = answers.map(({experiment, outcome}) => [
    experiment.label,
    outcome.labels.toLocaleString('en'),
    ...shown.map(({measure}) => withInterval(estimate(outcome, measure, 'reward'))),
    withInterval(estimate(outcome, 'bestOfNMin', 'withoutReference')),
  ]);
  const control = [
    '*control*',
    '0',
    ...shown.map(({measure}) => withInterval(estimate(answers[0]!.outcome, measure, 'control'))),
    '',
  ];
  return markdownTable(header, [...rows, control]);
}

/** One figure of one training. */
export function estimate(
  {evaluation}: Outcome,
  wanted: Measure,
  judge: 'reward' | 'control' | 'withoutReference',
): Estimate {
  const found = evaluation.comparisons.find(({measure}) => measure === wanted);
  if (!found) {
    throw new Error(`${wanted} was not measured.`);
  }

  return found[judge];
}

function withInterval({value, low, high}: Estimate): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  return `${percent(value)} (${percent(low)}–${percent(high)})`;
}
