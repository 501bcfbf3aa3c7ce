import {writeFileSync} from 'node:fs';
import process from 'node:process';
import {questions} from './experiments/plan.js';
import {plotAnswers} from './experiments/plot.js';
import {run} from './experiments/run.js';
import {answerTable} from './experiments/table.js';
import {replaceSection} from './replace-section.js';

// Asks the paper's questions at the scale of the pair that ships, all or those that are named, and writes the answers into
// docs/training.md. What was trained before is not trained again, so it can be stopped at any time: see build/experiments.
const docs = new URL('../docs/', import.meta.url);
const asked = process.argv.slice(2);
const unknown = asked.find(name => questions.every(({id}) => id !== name));
if (unknown !== undefined) {
  console.error(`experiments: ${unknown} is none of ${questions.map(({id}) => id).join(', ')}`);
  process.exit(1);
}

for (const {id, title, experiments} of questions) {
  if (asked.length > 0 && !asked.includes(id)) {
    continue;
  }

  const answers = [];
  for (const experiment of experiments) {
    answers.push({experiment, outcome: await run(experiment)});
    // Each training takes minutes: what is known is written at once.
    writeFileSync(new URL(`images/training-${id}.svg`, docs), plotAnswers(answers));
    const answer = `### ${title}\n\n${answerTable(answers)}\n\n![${title}](images/training-${id}.svg)`;
    replaceSection(new URL('training.md', docs), `experiment ${id}`, answer);
  }
}
