import type {ChalkInstance} from 'chalk';
import type {Estimate} from '../../../eval/bootstrap.js';
import type {ProcessBenchEvaluation} from '../../../eval/process-bench/types.js';
import {printable} from '../../../utils/printable.js';
import {counted} from '../../terminal/quantities.js';
import {percent} from '../../terminal/shares.js';
import type {EvalSource} from '../outcome.js';
import {formatCalibration} from './calibration.js';
import {rewardsText} from './parts.js';

/** Where a threshold comes from. */
export interface ThresholdSource {
  /** The file that it was chosen on, `null` if it was given. */
  thresholdFrom: string | null;
  /** The F1 that it has there; `null` if it was given. */
  f1There: number | null;
}

type Results = ProcessBenchEvaluation & ThresholdSource & EvalSource;

/**
 * Lays out a ProcessBench evaluation.
 *
 * @returns lines, each with its line end
 */
export function formatProcessBench(results: Results, chalk: ChalkInstance): string {
  const {by, erroneous, correct, accuracyErroneous, accuracyCorrect, f1, calibration, threshold} = results;
  const value = by === 'q' ? 'Q' : 'reward';
  return [
    `${counted(erroneous + correct, 'sample')}, ${rewardsText(results)}`,
    `Predicted error: the first step with σ(${value}) < ${threshold}`,
    `  ${origin(results, chalk)}`,
    '',
    chalk.dim('                      samples    right, %    95 % interval'),
    row('erroneous samples', erroneous, accuracyErroneous, chalk),
    row('right samples', correct, accuracyCorrect, chalk),
    chalk.bold(row('F1', null, f1, chalk)),
    '',
    calibration ? formatCalibration(calibration, chalk) : '',
  ].join('\n');
}

function origin({thresholdFrom, f1There, file}: Results, chalk: ChalkInstance): string {
  if (thresholdFrom === null) {
    return 'a threshold as given';
  }

  return thresholdFrom === file
    ? chalk.yellow(
        'CHOSEN ON THESE SAMPLES: the figures are optimistic. Choose it on others with --threshold-from.',
      )
    : `chosen on ${printable(thresholdFrom)}, where F1 is ${percent(f1There!)} %`;
}

function row(label: string, count: number | null, estimate: Estimate | null, chalk: ChalkInstance): string {
  const name = `  ${label.padEnd(20)}${String(count ?? '').padStart(7)}`;
  if (estimate === null) {
    return `${name}${'none'.padStart(12)}`;
  }

  const {value, low, high} = estimate;
  return `${name}${percent(value).padStart(12)}    ${chalk.dim(`${percent(low)} – ${percent(high)}`)}`;
}
