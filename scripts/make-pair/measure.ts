import {readFileSync} from 'node:fs';
import type {BestOfNEvaluation, BestOfNMethod} from '../../lib/eval/best-of-n/types.js';
import type {Estimate} from '../../lib/eval/bootstrap.js';
import type {ProcessBenchEvaluation} from '../../lib/eval/process-bench/types.js';
import {type Comparison, compare} from '../../lib/train/evaluation/comparison.js';
import {stepStatistics} from '../../lib/train/evaluation/step-statistics.js';
import type {TrainResult} from '../../lib/train/train-events.js';
import type {Figure, Figures} from './figures.js';
import {readLines} from './json-lines.js';
import {files, recipe} from './recipe.js';
import {runProduct} from './run-product.js';
import {type EvaluatedTrace, traceFigures} from './trace-figures.js';

/** The pair, and its control: the untrained base's log-probability. */
const judges = {
  pair: ['--bundled'],
  control: ['--policy', files.base, '--beta', recipe.training.beta],
};
type Judge = keyof typeof judges;

/** Measures the pair and its control on what neither was fitted to. */
export async function measure(): Promise<Figures> {
  const {data, steps, bestStep, evaluation}: TrainResult = JSON.parse(readFileSync(files.training, 'utf8'));
  const bestOfN = {pair: await evalBestOfN('pair'), control: await evalBestOfN('control')};
  const processBench = {pair: await evalProcessBench('pair'), control: await evalProcessBench('control')};
  const found = stepFigures();
  return {
    recipe,
    training: {
      prompts: data.prompts,
      responses: data.responses,
      right: data.right,
      heldOutPrompts: data.heldOutPrompts,
      heldOutResponses: data.heldOutResponses,
      steps,
      bestStep,
    },
    measured: {
      problems: bestOfN.pair.problems,
      responses: bestOfN.pair.responses,
      traces: recipe.samples.traces.problems,
    },
    figures: {
      stepAuc: found.get('stepAuc')!,
      firstErrorLowest: found.get('firstErrorLowest')!,
      outcomeAucMin: figureOf(evaluation!.comparisons.find(({measure}) => measure === 'outcomeAucMin')!),
      processBenchF1: {pair: processBench.pair.f1!, control: processBench.control.f1!},
      bestOf16: beside(bestOfN, 'min'),
      bestOf16WithoutReference: {pair: last(bestOfN.pair, 'withoutReferenceMin'), control: null},
      weightedVote: beside(bestOfN, 'weightedByMin'),
      majority: {pair: last(bestOfN.pair, 'majority'), control: null},
      randomChoice: {pair: last(bestOfN.pair, 'random'), control: null},
      anyOf16: {pair: last(bestOfN.pair, 'anyOfFirstN'), control: null},
    },
    threshold: processBench.pair.threshold,
    found: {
      erroneous: processBench.pair.erroneous,
      right: processBench.pair.correct,
      ofErroneous: processBench.pair.accuracyErroneous!.value,
      ofRight: processBench.pair.accuracyCorrect!.value,
    },
    examples: traceFigures(
      readLines<EvaluatedTrace>(files.rewards('pair')).slice(0, recipe.checked),
      processBench.pair.threshold,
    ),
  };
}

/** How well wrong steps are found, from the rewards that were written as ProcessBench's measure was taken. */
function stepFigures(): Map<string, Figure> {
  const control = readLines<EvaluatedTrace>(files.rewards('control'));
  const solutions = readLines<EvaluatedTrace>(files.rewards('pair')).map(({label, steps}, index) => ({
    label,
    steps: {reward: steps, control: control[index]!.steps, withoutReference: steps},
  }));
  const statistics = stepStatistics(solutions).filter(({measure}) => measure !== 'processBenchF1');
  const drawing = {resamples: 2000, seed: 0};
  return new Map(compare(solutions.length, statistics, drawing).map(one => [one.measure, figureOf(one)]));
}

function figureOf({reward, control}: Comparison): Figure {
  return {pair: reward, control};
}

function beside({pair, control}: Record<Judge, BestOfNEvaluation>, method: BestOfNMethod): Figure {
  // What an evaluation without reference calls its rewards are the policy's log-probabilities.
  return {pair: last(pair, method), control: last(control, method)};
}

function last({accuracy}: BestOfNEvaluation, method: BestOfNMethod): Estimate {
  const {value, low, high} = accuracy[method]!.at(-1)!;
  return {value, low, high};
}

const machine = ['--gpu', 'off', '--threads', 1, '--quiet', '--cache', files.cache];

async function evalBestOfN(judge: Judge): Promise<BestOfNEvaluation> {
  const words = ['eval', 'best-of-n', ...judges[judge], ...machine, '--json', files.sampled('fresh')];
  return JSON.parse(await runProduct(...words)) as BestOfNEvaluation;
}

async function evalProcessBench(judge: Judge): Promise<ProcessBenchEvaluation> {
  const threshold = ['--threshold-from', files.labelled('tune')];
  const output = ['--output', files.rewards(judge), '--overwrite', '--json'];
  const words = ['eval', 'processbench', ...judges[judge], ...machine, ...threshold, ...output];
  return JSON.parse(await runProduct(...words, files.labelled('traces'))) as ProcessBenchEvaluation;
}
