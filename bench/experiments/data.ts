import {existsSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {makeProblems} from '../../scripts/arithmetic/problems.js';
import {readLines, writeLines} from '../../scripts/make-pair/json-lines.js';
import {files} from '../../scripts/make-pair/recipe.js';
import {runProduct} from '../../scripts/make-pair/run-product.js';
import type {DataName} from './plan.js';

/** A problem with sampled responses, as `implicit-prm sample` writes them. */
export interface SampledProblem {
  prompt: string;
  reference: string;
  responses: {text: string; answer: string | null; correct: boolean; complete: boolean}[];
}

/** A solution whose first wrong step is known. */
export interface LabelledTrace {
  problem: string;
  steps: string[];
  label: number;
}

/** Where all of it lies; what is there is not made again. */
export const folder = path.join(files.root, 'build', 'experiments');

const pools = {
  one: {problems: 2048, responses: 1, seed: 11},
  four: {problems: 1024, responses: 4, seed: 12},
  sixteen: {problems: 128, responses: 16, seed: 13},
} as const;

/**
 * Samples labelled responses to learn from, with the package's own command. None of their problems is one that is measured
 * with. All sets have 2,048 responses but those for the question of balance.
 */
export async function trainingData(name: DataName): Promise<SampledProblem[]> {
  switch (name) {
    case 'many-instructions':
      return sample('one');
    case 'two-each':
      return (await sample('four')).map(problem => first(problem, 2));
    case 'four-each':
      return (await sample('four')).slice(0, 512);
    case 'many-responses':
      return sample('sixteen');
    case 'few-right':
      return withShareRight(await sample('four'), 640, 0.1);
    case 'even':
      return withShareRight(await sample('four'), 640, 0.5);
  }
}

/** What everything is measured with: 128 problems with 16 responses, and 600 traces; none is learned from. */
export function measuringData(): {problems: SampledProblem[]; traces: LabelledTrace[]} {
  const labelled = files.labelled('traces');
  if (!existsSync(labelled)) {
    throw new Error('There is nothing to measure with: run npm run make:pair first.');
  }

  return {
    problems: readLines<SampledProblem>(files.sampled('fresh')).slice(0, 128),
    traces: readLines<LabelledTrace>(labelled),
  };
}

function measuringProblems(): {prompt: string}[] {
  return (['fresh', 'traces', 'tune'] as const).flatMap(purpose =>
    readLines<{prompt: string}>(files.problems(purpose)),
  );
}

async function sample(name: keyof typeof pools): Promise<SampledProblem[]> {
  mkdirSync(folder, {recursive: true});
  const taken = new Set(measuringProblems().map(({prompt}) => prompt));
  const {problems, responses, seed} = pools[name];
  const input = path.join(folder, `${name}-problems.jsonl`);
  const output = path.join(folder, `${name}.jsonl`);
  writeLines(input, makeProblems({count: problems, seed, id: name, taken}));
  const options = ['--count', responses, '--seed', seed, '--gpu', 'off', '--threads', 1, '--quiet'];
  await runProduct('sample', '--model', files.base, ...options, '--output', output, '--resume', input);
  return readLines<SampledProblem>(output);
}

function first(problem: SampledProblem, count: number): SampledProblem {
  return {...problem, responses: problem.responses.slice(0, count)};
}

/** So many responses that a given share of them is right, in the order they are in. */
function withShareRight(problems: readonly SampledProblem[], count: number, share: number): SampledProblem[] {
  const left = {right: Math.round(count * share), wrong: count - Math.round(count * share)};
  const chosen = problems.map(problem => ({
    ...problem,
    responses: problem.responses.filter(({correct}) => left[correct ? 'right' : 'wrong']-- > 0),
  }));
  return chosen.filter(({responses}) => responses.length > 0);
}
