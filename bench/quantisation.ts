import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {plotErrors} from './quantisation/plot-errors.js';
import {type Study, study} from './quantisation/study.js';
import {tables} from './quantisation/tables.js';
import {replaceSection} from './replace-section.js';

// `draw` writes the page again from the numbers of the last run.
const folder = fileURLToPath(new URL('../build/bench/quantisation/', import.meta.url));
const file = `${folder}study.json`;
if (process.argv[2] !== 'draw') {
  mkdirSync(folder, {recursive: true});
  writeFileSync(file, JSON.stringify(await study(128)));
}

const found = JSON.parse(readFileSync(file, 'utf8')) as Study;
const docs = new URL('../docs/', import.meta.url);
writeFileSync(new URL('images/quantisation.svg', docs), plotErrors(found));
replaceSection(new URL('quantisation.md', docs), 'numbers', tables(found));
