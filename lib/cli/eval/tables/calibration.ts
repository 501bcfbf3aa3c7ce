import type {ChalkInstance} from 'chalk';
import type {Calibration} from '../../../eval/calibration.js';
import {percent} from '../../terminal/shares.js';

const barWidth = 20;

/**
 * Lays out a calibration table: for each range of probabilities how many responses were given one in it, and how many of
 * them are right.
 *
 * @returns lines, each with its line end
 */
export function formatCalibration(
  {bins, expectedError, brierScore}: Calibration,
  chalk: ChalkInstance,
): string {
  const rows = bins.map(({from, to, count, meanProbability, accuracy}) => {
    const cells = [
      `  ${from.toFixed(1)} – ${to.toFixed(1)}`.padEnd(13),
      String(count).padStart(9),
      (meanProbability === null ? '' : percent(meanProbability)).padStart(12),
      (accuracy === null ? '' : percent(accuracy)).padStart(12),
    ];
    return `${cells.join('')}   ${chalk.dim(bar(accuracy ?? 0))}`.trimEnd();
  });
  return [
    chalk.bold('Calibration: σ(Q) of whole responses against their final answers'),
    chalk.dim('  σ(Q)       responses mean σ(Q), %    right, %'),
    ...rows,
    `  expected calibration error ${percent(expectedError)} %, Brier score ${brierScore.toFixed(3)}`,
    '',
  ].join('\n');
}

function bar(share: number): string {
  return '='.repeat(Math.round(share * barWidth));
}
