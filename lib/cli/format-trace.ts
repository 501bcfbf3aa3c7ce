import type {ChalkInstance} from 'chalk';
import {colourReward} from './colour-reward.js';
import {printable} from './printable.js';
import {signed} from './signed.js';
import {weakestStep} from './weakest-step.js';
import {wrapLine} from './wrap-line.js';

interface TraceStep {
  text: string;
  reward: number;
  q: number;
  probability: number;
}

interface Trace {
  prompt: string;
  steps: readonly TraceStep[];
  /** The index of the first wrong step, −1 if there is none, left out if nobody knows. */
  label?: number | undefined;
}

// Wide enough for rewards down to -999.99, so that the traces of a run line up.
const numberWidth = 7;
const leastTextWidth = 16;
const indent = ' '.repeat(`> 99 ${' '.repeat(2 * numberWidth + 2)}0.000  `.length);

/**
 * Lays out a scored trace: the prompt, a row a step, and what is known of the truth. The step with the lowest reward
 * has a `>` before it. Nothing in the trace's own text reaches the terminal as a control character.
 *
 * @param trace - a prompt and its scored steps
 * @param chalk - the colours of the terminal
 * @param width - its columns
 * @returns lines, each with its line end
 */
export function formatTrace(trace: Trace, chalk: ChalkInstance, width: number): string {
  const weakest = weakestStep(trace.steps);
  const header = `     ${'reward'.padStart(numberWidth)} ${'Q'.padStart(numberWidth)}     p`;
  const rows = [
    ...rowsOf(trace.prompt, width).map(row => chalk.bold(row)),
    chalk.dim(header),
    ...trace.steps.flatMap((step, index) => stepRows(step, index, {chalk, width, marked: index === weakest})),
    ...rowsOf(verdict(trace, weakest), width - 5).map(row => `     ${row}`),
  ];
  return rows.map(row => `${row.trimEnd()}\n`).join('');
}

function stepRows(
  {text, reward, q, probability}: TraceStep,
  index: number,
  {chalk, width, marked}: {chalk: ChalkInstance; width: number; marked: boolean},
): string[] {
  const emphasise = marked ? chalk.bold : (row: string) => row;
  const numbers = [
    emphasise(`${marked ? '>' : ' '} ${String(index + 1).padStart(2)}`),
    colourReward(signed(reward).padStart(numberWidth), reward, chalk),
    signed(q).padStart(numberWidth),
    probability.toFixed(3),
  ].join(' ');
  const rows = rowsOf(text, Math.max(leastTextWidth, width - indent.length)).map(row => emphasise(row));
  return rows.map((row, line) => (line === 0 ? `${numbers}  ${row}` : indent + row));
}

/** The lines of a text, printable and no wider than a terminal. */
function rowsOf(text: string, width: number): string[] {
  return text
    .replaceAll('\t', '    ')
    .split(/\r?\n/u)
    .flatMap(line => wrapLine(printable(line), width));
}

function verdict({steps, label}: Trace, weakest: number): string {
  const marked = `Step ${weakest + 1} has the lowest reward`;
  if (label === undefined) {
    return `${marked}.`;
  }

  if (label === -1) {
    return `No step is wrong. ${marked}, ${signed(steps[weakest]!.reward)}, as one has to.`;
  }

  return label === weakest
    ? `${marked} and is the true first error: found.`
    : `${marked}, but the true first error is step ${label + 1}: missed.`;
}
