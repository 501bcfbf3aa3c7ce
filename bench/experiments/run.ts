import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {type TrainResult, trainPair} from '../../lib/index.js';
import type {TrainEvaluation} from '../../lib/train/evaluation/train-evaluation.js';
import {folder, type SampledProblem, trainingData} from './data.js';
import {measure} from './measure.js';
import {type Experiment, usual} from './plan.js';
import {quantisedBase} from './quantised-base.js';

/** What one training came to. */
export interface Outcome {
  /** Labels that were learned from, and the share of them that is right. */
  labels: number;
  right: number;
  /** What the loss was a sum over: responses, or pairs of them. */
  units: number;
  steps: number;
  bestStep: number;
  evaluation: TrainEvaluation;
}

/** Trains and measures, unless that was done before; a training that was stopped goes on. */
export async function run(experiment: Experiment): Promise<Outcome> {
  const file = path.join(folder, `${experiment.name}.json`);
  if (existsSync(file)) {
    return JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  }

  const base = quantisedBase(experiment.base ?? 'F32');
  const labelled = await trainingData(experiment.data ?? 'four-each');
  const output = path.join(folder, `${experiment.name}.gguf`);
  const started = performance.now();
  const {data, steps, bestStep} = await train(experiment, {base, output, data: labelled});
  const outcome: Outcome = {
    labels: data.responses,
    right: data.right / data.responses,
    units: data.units,
    steps,
    bestStep,
    evaluation: await measure(base, output),
  };
  writeFileSync(file, JSON.stringify(outcome));
  console.error(`${experiment.name}: ${Math.round((performance.now() - started) / 1000)} s`);
  return outcome;
}

async function train(
  {options}: Experiment,
  files: {base: string; output: string; data: readonly SampledProblem[]},
): Promise<TrainResult> {
  const resume = existsSync(`${files.output}.run`);
  for await (const event of trainPair({...usual, ...options, ...files, resume})) {
    if (event.type === 'result') {
      return event.result;
    }
  }

  throw new Error('A training ended without a result.');
}
