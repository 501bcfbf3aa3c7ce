import {existsSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {readSearchedProblem, SearchTally} from '../../lib/eval/search/tally.js';
import {makeProblems} from '../../scripts/arithmetic/problems.js';
import {readLines, writeLines} from '../../scripts/make-pair/json-lines.js';
import {files} from '../../scripts/make-pair/recipe.js';
import {runProduct} from '../../scripts/make-pair/run-product.js';
import {problemsOfPair} from '../../scripts/make-pair/sample.js';

/** What is compared. */
export const methods = ['bestOfN', 'beam', 'dvts', 'mcts'] as const;
export type Method = (typeof methods)[number];

/** A search for the answers to all problems, and what it came to. */
export interface Run {
  method: Method;
  n: number;
  tally: SearchTally;
}

/** None of those that the pair is made with. */
const seed = 29;
/** Of which the first ones are taken, so that a run with more of them goes on with one of fewer. */
const mostProblems = 256;
const folder = path.join(files.root, 'build', 'search');

/**
 * Searches for the answers to held-out problems with the package's own command and the pair that ships. What was done
 * before is not done again, so it can be stopped at any time.
 */
export async function searchProblems(method: Method, n: number, count: number): Promise<Run> {
  const input = problemFile(count);
  const output = path.join(folder, `${method}-${n}.jsonl`);
  if (!existsSync(output) || readLines(output).length < count) {
    const options = [
      '--method',
      method,
      '--count',
      n,
      '--seed',
      1,
      '--gpu',
      'off',
      '--threads',
      1,
      '--quiet',
    ];
    await runProduct('search', '--bundled', ...options, '--output', output, '--resume', input);
  }

  const tally = new SearchTally();
  for (const line of readLines(output).slice(0, count)) {
    tally.add(readSearchedProblem(Buffer.from(JSON.stringify(line))));
  }

  return {method, n, tally};
}

function problemFile(count: number): string {
  mkdirSync(folder, {recursive: true});
  const file = path.join(folder, `problems-${count}.jsonl`);
  const taken = new Set([...problemsOfPair().values()].flat().map(({prompt}) => prompt));
  writeLines(file, makeProblems({count: mostProblems, seed, id: 'search', taken}).slice(0, count));
  return file;
}
