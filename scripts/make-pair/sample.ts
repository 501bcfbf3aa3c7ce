import {labelledTraces, type SampledProblem} from '../arithmetic/labelled-traces.js';
import {makeProblems, type Problem} from '../arithmetic/problems.js';
import {readLines, writeLines} from './json-lines.js';
import {files, type Purpose, recipe} from './recipe.js';
import {runProduct} from './run-product.js';

/** What is measured with comes first: nothing of it may be trained on. */
const purposes: readonly Purpose[] = ['fresh', 'traces', 'train', 'tune'];

/** All problems that the pair is made and measured with, each once. */
export function problemsOfPair(): Map<Purpose, Problem[]> {
  const taken = new Set<string>();
  const made = new Map<Purpose, Problem[]>();
  for (const purpose of purposes) {
    const {problems: count, seed} = recipe.samples[purpose];
    const problems = makeProblems({count, seed, id: purpose, taken});
    made.set(purpose, problems);
    for (const {prompt} of problems) {
      taken.add(prompt);
    }
  }

  return made;
}

/** Samples responses to all problems, which are labelled by their answers alone. */
export async function sampleAll(): Promise<void> {
  for (const [purpose, problems] of problemsOfPair()) {
    writeLines(files.problems(purpose), problems);
  }

  // Two at a time: a process uses one core.
  await Promise.all([
    sample('train'),
    (async () => {
      for (const purpose of ['fresh', 'traces', 'tune'] as const) {
        await sample(purpose);
      }
    })(),
  ]);
  for (const purpose of ['traces', 'tune'] as const) {
    labelTraces(purpose);
  }
}

async function sample(purpose: Purpose): Promise<void> {
  const {responses, seed} = recipe.samples[purpose];
  const options = ['--count', responses, '--seed', seed, '--gpu', 'off', '--threads', 1, '--quiet'];
  const output = ['--output', files.sampled(purpose), '--resume'];
  await runProduct('sample', '--model', files.base, ...options, ...output, files.problems(purpose));
}

/** Which step is wrong is worked out, for measuring only. */
function labelTraces(purpose: Purpose): void {
  const {problems: count} = recipe.samples[purpose];
  const sampled = readLines<SampledProblem>(files.sampled(purpose));
  writeLines(files.labelled(purpose), labelledTraces(sampled, {count, generator: `students-${purpose}`}));
}
