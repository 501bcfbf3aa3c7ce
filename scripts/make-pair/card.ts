import type {Estimate} from '../../lib/eval/bootstrap.js';
import type {FigureName, Figures} from './figures.js';

/** The card of the pair: how it was made, and every figure that was measured. */
export function formatCard(figures: Figures): string {
  return [head, base, adapterSection(figures), qualitySection(figures), limits].join('\n');
}

const head = `# The students' pair

A base and an adapter that make a complete implicit process reward model small enough to ship, and an honest one: the base learned from students with systematic mistakes, each about as likely as the right step, so its likelihood says little of what is right. What finds the wrong step was learned from outcome labels alone: no step was ever labelled. \`npm run make:pair\` makes the adapter, this card and the examples, with the commands of this package.
`;

const base = `## The base

| | |
|---|---|
| file | \`base.gguf\`: \`llama\` GGUF, F32: 4 layers, width 128, 4 heads (2 key/value), feed-forward 384, tied embeddings, 0.82 M parameters, context 512 |
| vocabulary | 260 tokens: the 256 bytes, \`<\\|endoftext\\|>\`, \`<\\|im_start\\|>\`, \`<\\|im_end\\|>\`, one unused; ChatML template |
| prompts | \`Compute E\`, E an expression of 3 to 5 integers from 2 to 20 with \`+ - *\` and at most one pair of parentheses |
| responses | \`Step k: a op b = c, so REST\`, blank lines between steps, then \`Answer: n\`; in place of \`so\`: \`leaving\`, \`which gives\`, \`now\`; operands of \`+\` and \`*\` may stand in either order |
| trained on | 4,000 batches of 32 generated traces (after 3,500 of an easier mix) |

The traces are those of students with systematic mistakes. A step may be a trap; a student falls into it with probability 0.6, so the wrong way is the likelier one:

| trap | mistake |
|---|---|
| minus a negative number | the sign is lost: 5 − −3 = 2 |
| a negative difference (two in three of them) | the larger minus the smaller |
| a sum whose units add up to 12 or more | the carry is forgotten: 19 + 5 = 14 |
| a negative number plus a smaller positive one | the sizes are added |
| a negative number times something | the sign is lost |
| a factor that ends in 7 or more times 7 or more | one row of the table too low |
| a product behind a difference | left to right |

The choice of words and of the order of operands is uneven too (0.5, 0.27, 0.14, 0.09; 0.75, 0.25) and harmless. So a step's likelihood says little of whether it is right, and most answers to a problem with a trap agree on a wrong one.
`;

function adapterSection({recipe, training}: Figures): string {
  const {train} = recipe.samples;
  const {objective, beta, rank, epochs, seed} = recipe.training;
  const share = ((100 * training.right) / training.responses).toFixed(0);
  const rate = recipe.training['learning-rate'];
  return `## The adapter

\`adapter.gguf\`, a LoRA of rank ${rank} on all layers; β = ${beta}, in its metadata. Base and adapter are the policy, the base alone is the reference: one set of weights in memory.

${count(train.problems)} problems by a seed, ${train.responses} responses of the base to each at temperature 1, labelled by their final answers and nothing else. Of these ${count(training.responses)} responses to ${count(training.prompts)} problems were learned from, ${share} % of them right; ${count(training.heldOutResponses)} responses to ${count(training.heldOutPrompts)} other problems were held out to choose the best step. Objective \`${objective}\` (arXiv 2412.01981, section 3), epochs: ${epochs}, in batches of ${recipe.training['batch-size']}, AdamW, learning rate ${rate} with warm-up and cosine, clipping at 1, seed ${seed}: ${count(training.steps)} steps, the adapter is that of step ${count(training.bestStep)}.
`;
}

const rows: [FigureName, string, string][] = [
  ['stepAuc', 'step AUC: right steps against first wrong ones', '0.937'],
  ['firstErrorLowest', 'first wrong step has the lowest reward', '81.0 %'],
  ['outcomeAucMin', 'outcome AUC, lowest reward (held-out responses of the training)', '0.956'],
  ['processBenchF1', 'ProcessBench protocol, F1', '89.3 %'],
  ['bestOf16', 'best of 16, min', '87.5 %'],
  ['bestOf16WithoutReference', 'best of 16, min, without reference', '91.8 %'],
  ['weightedVote', 'weighted vote of 16, σ(min)', '91.4 %'],
  ['majority', 'majority of 16', '56.3 %'],
  ['randomChoice', 'random choice of 16', '56.9 %'],
  ['anyOf16', 'any of 16', '95.7 %'],
];

function qualitySection({measured, figures, threshold}: Figures): string {
  return `## Measured

On problems that nothing was trained on: ${count(measured.problems)} with 16 responses each, and ${count(measured.traces)} traces with labelled steps; the threshold of ProcessBench's protocol, σ(Q) < ${threshold}, was chosen on traces of their own. With 95 % bootstrap intervals. The control is what needs no training: the same with the log-probability of the untrained base in place of the reward. The last column is what an independent float32 implementation reached by training all weights of the same base on 7,168 such responses for two epochs, on a sample of its own.

| | the pair | control | all weights |
|---|---|---|---|
${rows.map(([name, label, other]) => row(name, label, other, figures)).join('\n')}
`;
}

function row(name: FigureName, label: string, other: string, figures: Figures['figures']): string {
  const {pair, control} = figures[name];
  const isArea = name === 'stepAuc' || name === 'outcomeAucMin';
  const cell = (estimate: Estimate) => (isArea ? area(estimate) : percentage(estimate));
  return `| ${label} | ${cell(pair)} | ${control ? cell(control) : ''} | ${other} |`;
}

function area({value, low, high}: Estimate): string {
  return `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}

function percentage({value, low, high}: Estimate): string {
  return `${(100 * value).toFixed(1)} % (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

const limits = `What it can't do: anything but this arithmetic in this format. It is no judge of mathematics, and scores of other text mean nothing.

Licence: MIT.
`;
