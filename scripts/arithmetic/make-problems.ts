// Makes problems for the arithmetic models, the same ones for the same seed: JSON lines of {id, prompt, reference}.
//
//   npx tsx scripts/arithmetic/make-problems.ts --count 2048 --seed 1 > problems.jsonl
//   npx tsx scripts/arithmetic/make-problems.ts --count 256 --seed 2 --without problems.jsonl > fresh.jsonl

import {readFileSync} from 'node:fs';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {makeProblems} from './problems.js';

const {values} = parseArgs({
  options: {
    count: {type: 'string', default: '256'},
    seed: {type: 'string', default: '1'},
    id: {type: 'string', default: 'problem'},
    without: {type: 'string', multiple: true, default: []},
  },
});

const taken = values.without.flatMap(file =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => {
      const {prompt, problem} = JSON.parse(line);
      return String(prompt ?? problem);
    }),
);
const problems = makeProblems({
  count: Number(values.count),
  seed: Number(values.seed),
  id: values.id,
  taken: new Set(taken),
});
process.stdout.write(problems.map(problem => `${JSON.stringify(problem)}\n`).join(''));
