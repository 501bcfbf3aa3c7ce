import {readFileSync} from 'node:fs';

/** A trace with the index of its first wrong step, −1 for a right one. */
export interface LabelledTrace {
  prompt: string;
  response: string;
  steps: string[];
  label: number;
}

/** A problem with sampled responses. */
export interface SampledProblem {
  prompt: string;
  responses: {text: string; answer: string | null; correct: boolean}[];
}

/** What the pairs are scored on. */
export interface TestData {
  traces: LabelledTrace[];
  problems: SampledProblem[];
}

/** Reads `test/data`: all 600 traces, and as many problems as wanted. */
export function readTestData(problems: number): TestData {
  return {traces: read('traces.jsonl'), problems: read<SampledProblem>('best-of-n.jsonl').slice(0, problems)};
}

function read<T>(name: string): T[] {
  const lines = readFileSync(new URL(`../../test/data/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.map(line => JSON.parse(line) as T);
}
