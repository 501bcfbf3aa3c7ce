import {writeFileSync} from 'node:fs';
import process from 'node:process';
import {replaceSection} from './replace-section.js';
import {plotSearches} from './search/plot.js';
import {methods, type Run, searchProblems} from './search/runs.js';
import {gainTable, searchTable} from './search/tables.js';

// Compares the searches on held-out problems, with the pair that ships, and writes the numbers into docs/search.md.
//
//   npm run bench:search -- [PROBLEMS:N,N…]…
//
// so many problems for each of these n; 256:4,16,64 if left out, which takes a core for hours. What was done before, in
// build/search, is not done again.
const asked = process.argv.slice(2);
const docs = new URL('../docs/', import.meta.url);
const runs: Run[] = [];
for (const {problems, n} of (asked.length === 0 ? ['256:4,16,64'] : asked).flatMap(parseSize)) {
  for (const method of methods) {
    runs.push(await searchProblems(method, n, problems));
  }
}

writeFileSync(new URL('images/search.svg', docs), plotSearches(runs));
const date = new Date().toISOString().slice(0, 10);
replaceSection(
  new URL('search.md', docs),
  'searches',
  `${date}.\n\n${searchTable(runs)}\n\n${gainTable(runs)}\n\n![Right answers against generated tokens](images/search.svg)`,
);

function parseSize(text: string): {problems: number; n: number}[] {
  const [, problems, counts] = /^(\d+):(\d+(?:,\d+)*)$/u.exec(text) ?? [];
  if (problems === undefined || counts === undefined) {
    console.error(`bench:search: ${text} is not of the form PROBLEMS:N,N…, as 256:4,16`);
    process.exit(1);
  }

  return counts.split(',').map(n => ({problems: Number(problems), n: Number(n)}));
}
