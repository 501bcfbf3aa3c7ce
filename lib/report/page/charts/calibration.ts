import * as Plot from '@observablehq/plot';
import type {Calibration, CalibrationBin} from '../../../eval/calibration.js';
import {formatCount} from '../../../paint/numbers.js';
import {element} from '../element.js';
import {chart} from './chart.js';

/** Draws the share of right responses against the probability that σ(Q) gives them. */
export function calibrationChart({bins, expectedError, brierScore}: Calibration): HTMLElement {
  const filled = bins.filter(({count}) => count > 0);
  return chart({
    title: 'Calibration',
    subtitle: 'share right by σ(Q)',
    caption: element(
      'p',
      {class: 'legend'},
      'expected error ',
      element('b', {}, expectedError.toFixed(3)),
      ' Brier score ',
      element('b', {}, brierScore.toFixed(3)),
    ),
    label: `Share of right responses against σ(Q), expected calibration error ${expectedError.toFixed(3)}`,
    height: 150,
    options: () => ({
      x: {domain: [0, 1], ticks: 5, label: null},
      y: {domain: [0, 1], ticks: 5, label: null, grid: true},
      r: {range: [2.5, 9]},
      marks: [
        Plot.line(
          [
            [0, 0],
            [1, 1],
          ],
          {stroke: 'var(--axis)', strokeDasharray: '3 3'},
        ),
        Plot.line(filled, {x: 'meanProbability', y: 'accuracy', stroke: 'var(--right)', strokeWidth: 1.2}),
        Plot.dot(filled, {
          x: 'meanProbability',
          y: 'accuracy',
          r: 'count',
          fill: 'var(--right)',
          fillOpacity: 0.75,
          clip: false,
        }),
        Plot.tip(filled, Plot.pointer({x: 'meanProbability', y: 'accuracy', title: tipText, maxRadius: 30})),
      ],
    }),
  });
}

function tipText({from, to, count, meanProbability, accuracy}: CalibrationBin): string {
  return `σ(Q) ${from.toFixed(1)} to ${to.toFixed(1)}: ${formatCount(count, 'response')}\nmean ${meanProbability!.toFixed(3)}, right ${(100 * accuracy!).toFixed(1)}%`;
}
