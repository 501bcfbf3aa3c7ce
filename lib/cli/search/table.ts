import path from 'node:path';
import type {ChalkInstance} from 'chalk';
import type {SearchEvaluation, SearchMethod} from '../../eval/search/types.js';
import {printable} from '../../utils/printable.js';
import {counted} from '../terminal/quantities.js';
import {estimateCell} from '../terminal/shares.js';

/** A run of searches, and how good they were. */
export interface SearchedRun extends SearchEvaluation {
  /** The file of its results, or of its problems. */
  file: string;
  /** Of all its searches; `null` if they differ. */
  method: string | null;
  n: number | null;
  budget: {tokens?: number | undefined; seconds?: number | undefined} | null;
  /** Lines that stand for problems that could not be answered. */
  skipped: number;
}

const columns: readonly (readonly [method: SearchMethod, label: string])[] = [
  ['best', 'best'],
  ['weighted', 'weighted'],
  ['majority', 'majority'],
  ['random', 'pass@1'],
  ['any', 'any'],
];
const cellWidth = 11;
const countWidth = 10;

/**
 * Lays out how often searches found the right answer, and what they took: a row for each run.
 *
 * @returns lines, each with its line end
 */
export function formatSearches(runs: readonly SearchedRun[], chalk: ChalkInstance): string {
  const labels = labelsOf(runs);
  const width = Math.max(...labels.map(({length}) => length)) + 2;
  const head = [
    ...columns.map(([, label]) => label.padEnd(cellWidth)),
    ...['generated', 'evaluated', 'scored'].map(label => label.padStart(countWidth)),
  ];
  return [
    ...runs.map(sourceText),
    ...(runs.some(({accuracy}) => accuracy)
      ? ['Right answers in %, with 95 % bootstrap confidence intervals over problems; tokens a problem']
      : ['Tokens a problem']),
    '',
    chalk.bold(''.padEnd(width) + head.join(' ')),
    ...runs.map((run, index) => labels[index]!.padEnd(width) + cells(run, chalk)),
    '',
  ].join('\n');
}

function cells({accuracy, usage}: SearchedRun, chalk: ChalkInstance): string {
  return [
    ...columns.map(([method]) =>
      accuracy ? estimateCell(accuracy[method], cellWidth, chalk) : '–'.padEnd(cellWidth),
    ),
    ...[usage.generated, usage.evaluated, usage.scored].map(count =>
      Math.round(count).toLocaleString('en').padStart(countWidth),
    ),
  ].join(' ');
}

/** What the rows begin with: how was searched, and where that is the same for some the name of the file. */
function labelsOf(runs: readonly SearchedRun[]): string[] {
  const labels = runs.map(labelOf);
  return runs.map(({file}, index) => {
    const label = labels[index]!;
    return labels.indexOf(label) === labels.lastIndexOf(label)
      ? label
      : `${label}, ${printable(path.basename(file))}`;
  });
}

function labelOf({method, n, budget}: SearchedRun): string {
  const {tokens, seconds} = budget ?? {};
  const ends = [
    tokens === undefined ? '' : `${tokens.toLocaleString('en')} tokens`,
    seconds === undefined ? '' : `${seconds} s`,
  ].filter(Boolean);
  return [`${method ?? 'several'}${n === null ? '' : `, n = ${n}`}`, ...ends].join(', ');
}

function sourceText({file, problems, judged, responses, cutShort, skipped}: SearchedRun): string {
  return [
    `${printable(file)}: ${counted(problems, 'problem')}, ${counted(responses, 'finished response')}`,
    judged < problems ? `${problems - judged} without a reference` : '',
    cutShort > 0 ? `${cutShort} ended by the budget` : '',
    skipped > 0 ? `${skipped} more could not be answered` : '',
  ]
    .filter(Boolean)
    .join(', ');
}
