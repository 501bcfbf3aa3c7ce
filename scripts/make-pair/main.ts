// Makes the pair that ships, with the commands of this package alone: problems by a seed, responses sampled from the base,
// labels by their answers, an adapter trained on these, and what it is worth on problems that it has not seen, beside its
// control. Writes models/students (adapter, card, figures) and examples/arithmetic. What was interrupted goes on from
// build/pair; the same seeds give the same pair on the same machine.
//
//   npm run make:pair

import {mkdirSync} from 'node:fs';
import {formatCard} from './card.js';
import {writeExamples} from './examples.js';
import {writeText} from './json-lines.js';
import {measure} from './measure.js';
import {files} from './recipe.js';
import {sampleAll} from './sample.js';
import {trainAdapter} from './train.js';

mkdirSync(files.work, {recursive: true});
await sampleAll();
await trainAdapter();
const figures = await measure();
writeText(files.figures, `${JSON.stringify(figures, null, 2)}\n`);
writeText(files.card, formatCard(figures));
writeExamples(figures.threshold);
console.error(`\nwritten: ${[files.adapter, files.card, files.figures, files.examples].join(', ')}`);
