import type {ChalkInstance} from 'chalk';
import type {BestOfNAccuracy, BestOfNEvaluation, BestOfNMethod} from '../../../eval/best-of-n/types.js';
import {counted} from '../../terminal/quantities.js';
import {estimateCell} from '../../terminal/shares.js';
import type {EvalSource} from '../outcome.js';
import {formatCalibration} from './calibration.js';
import {rewardsText} from './parts.js';

type Row = readonly [method: BestOfNMethod, label: string];

const groups: readonly (readonly [title: string, rows: readonly Row[]])[] = [
  [
    'best of N by',
    [
      ['min', 'min reward'],
      ['sum', 'sum'],
      ['mean', 'mean'],
      ['last', 'last'],
      ['product', 'product σ'],
      ['minQ', 'min Q'],
      ['sumQ', 'sum Q'],
      ['meanQ', 'mean Q'],
      ['productQ', 'product σ(Q)'],
      ['withoutReferenceMin', 'min w/o ref'],
      ['withoutReferenceSum', 'sum w/o ref'],
    ],
  ],
  [
    'vote by',
    [
      ['majority', 'majority'],
      ['weightedByMin', 'σ(min reward)'],
      ['weightedBySum', 'σ(sum)'],
      ['weightedByMean', 'σ(mean)'],
      ['weightedByLast', 'σ(last)'],
      ['weightedByProduct', 'product σ'],
      ['weightedByMinQ', 'σ(min Q)'],
      ['weightedBySumQ', 'σ(sum Q)'],
      ['weightedByMeanQ', 'σ(mean Q)'],
      ['weightedByProductQ', 'product σ(Q)'],
    ],
  ],
  [
    'for comparison',
    [
      ['random', 'random choice'],
      ['anyOfFirstN', 'any of first N'],
      ['passAtN', 'pass@N'],
    ],
  ],
];

const labelWidth = 17;
// So that seven columns, up to N = 64, fit 100 characters.
const cellWidth = 11;

/**
 * Lays out a best-of-N evaluation: a row for each method, a column for each N.
 *
 * @param results - and what they were made of
 * @returns lines of at most 100 characters, each with its line end
 */
export function formatBestOfN(results: BestOfNEvaluation & EvalSource, chalk: ChalkInstance): string {
  const {problems, responses, counts, accuracy, gainOverMajority, scored} = results;
  // Texts that are cached, and such as occur again, are not scored anew.
  const cached = scored === null || scored === responses ? '' : ` (models run for ${scored})`;
  const lines = groups.flatMap(([title, rows]) => [
    chalk.bold(title),
    ...rows.flatMap(([method, label]) => {
      const cells = accuracy[method];
      return cells ? [row(label, cells, chalk)] : [];
    }),
  ]);
  return [
    `${counted(problems, 'problem')}, ${counted(responses, 'response')}${cached}, ${rewardsText(results)}`,
    ...unreadText(results),
    'Right answers in %, with 95 % bootstrap confidence intervals over problems',
    '',
    ''.padEnd(labelWidth) +
      counts
        .map(n => `N = ${n}`.padEnd(cellWidth))
        .join(' ')
        .trimEnd(),
    ...lines,
    chalk.bold('gain'),
    row('min − majority', gainOverMajority, chalk),
    '',
    formatCalibration(results.calibration, chalk),
  ].join('\n');
}

/** What was counted as wrong because nothing could be read. */
function unreadText({responses, unanswered, unreadReferences}: BestOfNEvaluation): string[] {
  const texts = [
    unanswered > 0 ? `${unanswered} of ${counted(responses, 'response')} without an answer` : '',
    unreadReferences > 0
      ? `${counted(unreadReferences, 'reference')} without an answer that could be read`
      : '',
  ];
  const said = texts.filter(text => text !== '');
  return said.length === 0 ? [] : [`${said.join(', ')}: counted as wrong`];
}

function row(label: string, cells: readonly BestOfNAccuracy[], chalk: ChalkInstance): string {
  const texts = cells.map((cell, index) =>
    estimateCell(cell, index === cells.length - 1 ? 0 : cellWidth, chalk),
  );
  return `  ${label.padEnd(labelWidth - 2)}${texts.join(' ')}`;
}
