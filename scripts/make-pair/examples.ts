import path from 'node:path';
import {extractAnswer} from '../../lib/rank/extraction/extract-answer.js';
import {firstError} from '../../lib/reward/first-error.js';
import {sigmoid} from '../../lib/reward/sigmoid.js';
import type {LabelledTrace, SampledProblem} from '../arithmetic/labelled-traces.js';
import {readLines, writeLines} from './json-lines.js';
import {files, recipe} from './recipe.js';
import type {EvaluatedTrace} from './trace-figures.js';

const {problems: problemCount, traces: traceCount} = recipe.examples;

/** Writes the examples: the first of what the pair was measured with, and six traces for the demo. */
export function writeExamples(threshold: number): void {
  const problems = readLines<SampledProblem & {reference: string}>(files.sampled('fresh'));
  writeExample(
    'best-of-n',
    problems.slice(0, problemCount).map(({id, prompt, reference, responses}) => ({
      id,
      prompt,
      reference,
      responses: responses.map(({text, correct}) => ({text, answer: extractAnswer(text), correct})),
    })),
  );
  writeExample('processbench-tune', readLines(files.labelled('tune')).slice(0, traceCount));
  const traces = readLines<LabelledTrace>(files.labelled('traces')).slice(0, traceCount);
  writeExample('processbench', traces);
  writeExample('traces', demoTraces(traces, threshold));
}

function writeExample(name: string, values: readonly unknown[]): void {
  writeLines(path.join(files.examples, `${name}.jsonl`), values);
}

/** The first short traces of each kind: three whose first wrong step is found, one whose is missed, two right ones. */
function demoTraces(traces: readonly LabelledTrace[], threshold: number): unknown[] {
  const references = new Map(
    readLines<{prompt: string; reference: string}>(files.problems('traces')).map(({prompt, reference}) => [
      prompt,
      reference,
    ]),
  );
  const rewards = readLines<EvaluatedTrace>(files.rewards('pair'));
  const kinds: [string, number][] = [
    ['found', 3],
    ['missed', 1],
    ['right', 2],
  ];
  const left = new Map(kinds);
  return traces.flatMap((trace, index) => {
    const {id, problem, steps, label, final_answer_correct: correct} = trace;
    const probabilities = rewards[index]!.steps.map(({q}) => sigmoid(q));
    const isAsPredicted = firstError(probabilities, threshold) === label;
    const kind = label === -1 ? (isAsPredicted ? 'right' : '') : isAsPredicted ? 'found' : 'missed';
    const wanted = left.get(kind) ?? 0;
    if (steps.length > 4 || wanted === 0) {
      return [];
    }

    left.set(kind, wanted - 1);
    const response = steps.join('\n\n');
    const answer = extractAnswer(response);
    return [
      {id, prompt: problem, response, steps, label, correct, answer, reference: references.get(problem)},
    ];
  });
}
