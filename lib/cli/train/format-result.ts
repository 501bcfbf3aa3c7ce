import type {ChalkInstance} from 'chalk';
import type {Estimate} from '../../eval/bootstrap.js';
import type {Comparison, Measure} from '../../train/evaluation/comparison.js';
import type {TrainEvaluation} from '../../train/evaluation/train-evaluation.js';
import type {TrainResult} from '../../train/train-events.js';
import {printable} from '../../utils/printable.js';

/** What measures are called, in the order of a table. */
export function measureLabel(measure: Measure, n: number | undefined): string {
  const labels: Readonly<Record<Measure, string>> = {
    outcomeAucMin: 'outcome AUC, min',
    outcomeAucSum: 'outcome AUC, sum',
    bestOfNMin: `best of ${n}, min`,
    bestOfNSum: `best of ${n}, sum`,
    weightedVote: `vote of ${n}, σ(min)`,
    stepAuc: 'step AUC',
    firstErrorLowest: 'first error lowest',
    processBenchF1: 'ProcessBench F1',
  };
  return labels[measure];
}

const labelWidth = 22;
const cellWidth = 18;

/**
 * Lays out what came of a training.
 *
 * @param result - of the training
 * @param base - the model's file, for the command that uses the pair
 * @returns lines of at most 100 characters but for file names, each with its line end
 */
export function formatTrainResult(result: TrainResult, base: string, chalk: ChalkInstance): string {
  const {output, bestStep, steps, stoppedEarly, evaluation, objective, beta} = result;
  const early = stoppedEarly ? ', stopped early' : '';
  const lines = [
    `${chalk.bold(printable(output))}: ${objective}, β = ${beta}, the adapter of step ${bestStep} of ${steps}${early}`,
    '',
    ...(evaluation ? [...evaluationLines(evaluation, chalk), ...timidityLines(result), ''] : []),
    ...(objective === 'sft' ? [] : ['To score with it:', `  ${scoreCommand(base, output)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function evaluationLines(evaluation: TrainEvaluation, chalk: ChalkInstance): string[] {
  const {prompts, responses, solutions, comparisons, bestOfN} = evaluation;
  const n = bestOfN?.counts.at(-1);
  const heads = ['reward', 'control: base', 'policy w/o ref', 'reward − control'];
  const bestOf = bestOfN?.accuracy;
  const chances = [
    ['majority', bestOf?.majority?.at(-1)],
    ['random choice', bestOf?.random?.at(-1)],
  ] as const;
  return [
    `Held out: ${prompts} prompts with ${responses} responses; ${solutions} solutions with step labels`,
    chalk.dim(
      'In %, with 95 % bootstrap confidence intervals. The control is the untrained base’s log-probability.',
    ),
    '',
    ' '.repeat(labelWidth) +
      heads
        .map(head => head.padEnd(cellWidth))
        .join('')
        .trimEnd(),
    ...comparisons.map(one => row(one, n, chalk)),
    ...chances.flatMap(([label, estimate]) =>
      estimate ? [`  ${`${label} of ${n}`.padEnd(labelWidth - 2)}${cell(estimate, chalk).trimEnd()}`] : [],
    ),
    '',
    verdict(evaluation, n, chalk),
  ];
}

/** Rewards that hardly differ from 0 come of a recipe that is too timid, whatever the labels are. */
function timidityLines({evaluation, history, beta}: TrainResult): string[] {
  const last = history.steps.at(-1);
  const reward = last?.meanAbsoluteReward ?? Number.POSITIVE_INFINITY;
  if (!evaluation || evaluation.beatsControl.yes.length > 0 || reward >= 0.3) {
    return [];
  }

  const highest = Math.max(...history.steps.map(({learningRate}) => learningRate));
  return [
    `Its rewards stayed near 0 (|R| was ${reward.toPrecision(2)} at the end, where a few units are wanted): try a --beta above`,
    `${beta} if responses are short, or a --learning-rate above ${Number(highest.toPrecision(1))}.`,
  ];
}

function row(
  {measure, reward, control, withoutReference, gain}: Comparison,
  n: number | undefined,
  chalk: ChalkInstance,
): string {
  const cells = [reward, control, withoutReference, gain].map(estimate => cell(estimate, chalk));
  return `  ${measureLabel(measure, n).padEnd(labelWidth - 2)}${cells.join('').trimEnd()}`;
}

function cell({value, low, high}: Estimate, chalk: ChalkInstance): string {
  const signed = (share: number, places: number) => (100 * share).toFixed(places).replace('-', '−');
  const number = signed(value, 1);
  const interval = `${signed(low, 0)} – ${signed(high, 0)}`;
  return `${number} ${chalk.dim(interval)}${' '.repeat(Math.max(1, cellWidth - number.length - 1 - interval.length))}`;
}

function verdict(
  {beatsControl: {yes, no}}: TrainEvaluation,
  n: number | undefined,
  chalk: ChalkInstance,
): string {
  const list = (measures: readonly Measure[]) => measures.map(one => measureLabel(one, n)).join('; ');
  if (yes.length + no.length === 0) {
    return 'Nothing was held out that tells how good it is.';
  }

  if (yes.length === 0) {
    return chalk.bold(
      'It does not beat its control: nothing here says that training has taught it anything. More labels may help.',
    );
  }

  return no.length === 0
    ? chalk.bold('It beats its control in every measure.')
    : `${chalk.bold('It beats its control in:')} ${list(yes)}\n${chalk.bold('not in:')} ${list(no)}`;
}

function scoreCommand(base: string, lora: string): string {
  const quoted = (text: string) => (/^[\w./-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
  const model = printable(quoted(base));
  return `implicit-prm score --policy ${model} --reference ${model} --lora ${printable(quoted(lora))} traces.jsonl`;
}
