import type {ReportData} from '../../data/types.js';
import {element} from '../element.js';
import type {ResponseView} from '../response-view.js';
import {bestOfNChart} from './best-of-n.js';
import {calibrationChart} from './calibration.js';
import {distributionChart} from './distribution.js';

/** Makes the charts of all responses; those that need labels where there are some. */
export function overview(
  {bestOfN, calibration}: ReportData,
  responses: readonly ResponseView[],
): HTMLElement {
  const scores = new Set(responses.map(({score}) => score));
  return element(
    'section',
    {class: 'overview', 'aria-label': 'Charts of all responses'},
    ...(scores.size > 1 ? [distributionChart(responses)] : []),
    ...(bestOfN ? [bestOfNChart(bestOfN)] : []),
    ...(calibration ? [calibrationChart(calibration)] : []),
  );
}
