import {formatCount} from '../../../paint/numbers.js';
import type {TrainingReportData} from '../../data/training-types.js';
import {calibrationChart} from '../charts/calibration.js';
import {distributionChart} from '../charts/distribution.js';
import {element} from '../element.js';
import {headerOf} from '../header.js';
import {comparisonTable} from './comparison-table.js';
import {trainingCurves} from './curves.js';

const data = JSON.parse(document.querySelector('#data')!.textContent!) as TrainingReportData;
document.body.classList.add('training');
document.body.append(
  headerOf(data.title, facts(data), data.generator),
  element(
    'main',
    {},
    element(
      'section',
      {class: 'overview', 'aria-label': 'The training over its steps'},
      ...trainingCurves(data),
    ),
    ...(data.evaluation
      ? [
          element(
            'section',
            {class: 'overview', 'aria-label': 'Held-out responses'},
            ...outcomeCharts(data.evaluation),
          ),
          comparisonTable(data.evaluation),
        ]
      : []),
  ),
);

function facts({objective, beta, steps, bestStep, stoppedEarly, data}: TrainingReportData): string[] {
  return [
    objective,
    `β = ${beta}`,
    `adapter of step ${bestStep} of ${steps}${stoppedEarly ? ', stopped early' : ''}`,
    `${formatCount(data.responses, 'response')} to ${formatCount(data.prompts, 'prompt')} learned from`,
    `${formatCount(data.heldOutResponses, 'response')} held out`,
  ];
}

function outcomeCharts({
  outcomes,
  calibration,
}: NonNullable<TrainingReportData['evaluation']>): HTMLElement[] {
  const scored = (judge: 'reward' | 'control') =>
    outcomes.map(outcome => ({
      verdict: outcome.correct ? ('right' as const) : ('wrong' as const),
      score: outcome[judge],
    }));
  return [
    ...(outcomes.length > 1
      ? [
          distributionChart(scored('control'), {
            title: 'Before',
            subtitle: 'held-out responses by β log π_ref, the control',
          }),
          distributionChart(scored('reward'), {
            title: 'After',
            subtitle: 'the same by R, their outcome reward',
          }),
        ]
      : []),
    ...(calibration ? [calibrationChart(calibration)] : []),
  ];
}
