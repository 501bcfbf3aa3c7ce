// Makes traces with labelled steps of sampled answers, as `eval processbench` takes them: JSON lines of {id, generator,
// problem, steps, final_answer_correct, label}, label the index of the first wrong step, −1 if there is none. Half of
// them have a wrong step, as far as the answers go, and no problem is taken twice.
//
//   implicit-prm sample fresh.jsonl -n 4 --model base.gguf -o sampled.jsonl
//   npx tsx scripts/arithmetic/label-traces.ts sampled.jsonl --count 600 --generator students-base > traces.jsonl

import {readFileSync} from 'node:fs';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {labelledTraces, type SampledProblem} from './labelled-traces.js';

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    count: {type: 'string', default: '600'},
    generator: {type: 'string', default: 'arithmetic'},
  },
});

const sampled = positionals.flatMap(file =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => JSON.parse(line) as SampledProblem),
);
const traces = labelledTraces(sampled, {count: Number(values.count), generator: values.generator});
process.stdout.write(traces.map(trace => `${JSON.stringify(trace)}\n`).join(''));
