import {writeFileSync} from 'node:fs';
import process from 'node:process';
import {replaceSection} from './replace-section.js';
import {plotSearches} from './search/plot.js';
import {methods, type Run, searchProblems} from './search/runs.js';
import {gainTable, searchTable} from './search/tables.js';

// Compares the searches on held-out problems, with the pair that ships, and writes the numbers into docs/search.md.
//
//   npm run bench:search -- PROBLEMS N…
//
// What was done before, in build/search, is not done again.
const [problems = 256, ...counts] = process.argv.slice(2).map(Number);
const docs = new URL('../docs/', import.meta.url);
const runs: Run[] = [];
for (const n of counts.length === 0 ? [4, 16, 64] : counts) {
  for (const method of methods) {
    runs.push(await searchProblems(method, n, problems));
  }
}

writeFileSync(new URL('images/search.svg', docs), plotSearches(runs));
const date = new Date().toISOString().slice(0, 10);
replaceSection(
  new URL('search.md', docs),
  'searches',
  `${problems} problems, ${date}.\n\n${searchTable(runs)}\n\n${gainTable(runs)}\n\n![Right answers against generated tokens](images/search.svg)`,
);
