// How far llama.cpp's log-probabilities are from those of the same weights in double precision, for each type of weights:
// writes a table into docs/scoring.md.
import {type Accuracy, accuracyOf, exactLogprobs, extent} from './accuracy/measure.js';
import {subjects} from './accuracy/subjects.js';
import {buildTools} from './build-tools.js';
import {replaceSection} from './replace-section.js';
import {markdownTable} from './table.js';

const header = [
  'weights, key-value cache',
  'worst token',
  'mean',
  'mean of ρ',
  'mean of a step',
  'worst step',
];
const rows: string[][] = [];
for (const subject of subjects(buildTools().quantize)) {
  const {title, type} = subject;
  console.error(`${title}, ${type}`);
  const exact = exactLogprobs(subject);
  for (const cache of ['f16', 'f32'] as const) {
    const accuracy = await accuracyOf(subject, exact, cache);
    rows.push([`${title}: ${type}, \`${cache}\``, ...cells(accuracy)]);
    console.error(rows.at(-1)!.join(' | '), accuracy.correlation);
  }
}

const text = `${extent.tokens} tokens in ${extent.steps} steps.\n\n${markdownTable(header, rows)}`;
replaceSection(new URL('../docs/scoring.md', import.meta.url), 'accuracy', text);

function cells({token, ratio, step}: Accuracy): string[] {
  return [token.greatest, token.mean, ratio.mean, step.mean, step.greatest].map(value =>
    value.toExponential(1),
  );
}
