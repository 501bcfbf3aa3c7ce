import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {Command, Option} from 'commander';
import {buildTools} from './build-tools.js';
import {type BenchPair, type Quantisation, randomPair} from './models.js';
import type {ShapeName} from './random-model.js';
import {choicesSection} from './sections/choices.js';
import {memorySection} from './sections/memory.js';
import {nextStepSection} from './sections/next-step.js';
import {overheadSection} from './sections/overhead.js';
import {rivalsSection} from './sections/rivals.js';
import type {Settings} from './settings.js';

const documentFile = fileURLToPath(new URL('../docs/benchmark.md', import.meta.url));

const heading = `# Benchmark

What implicit-prm takes, against other ways to get the same numbers and against llama.cpp itself. Machines differ and are noisy; what holds are the ratios, each of times measured in turns in one run, medians of several rounds.

The models have random weights in the shapes of Qwen2.5, with its tokenizer of 151,936 tokens: how fast a model is does not depend on what its weights are. Key-value cache F16, batches of 512 tokens, no flash attention, no GPU. Before it is timed, each rival has to come to the same log-probabilities.
`;

const sections = {
  rivals: {
    title: 'Against other ways to get the same numbers',
    text: `How many times as long each takes, by medians of runs in turns. "Of token counts" is how many times as many
tokens have to be evaluated where the prompt is evaluated for every response: what sharing it can bring at most. –: not
run, it would have taken too long. The output layer is
computed by all for scored tokens only, so less can be saved in operations: it is 28 % of what a token costs in the shape
of 0.5B, which leaves 3.3 × of the 4.02 × for 512 + 16 × 128. controlledEvaluate is asked for two logits and the sum of
exponentials, not for the \`probabilities\` of the whole vocabulary, and keeps the prompt between responses.
transformers is
faster a token here (why was not looked into), and ahead where there is one response and nothing to share.`,
    run: rivalsSection,
  },
  overhead: {
    title: 'Against llama.cpp itself',
    text: `Tokens evaluated per second for a prompt of 512 tokens with 8 responses of 64, both models. Bare
\`llama_decode\` repeats the very batches of the engine on a fresh context, with the same outputs, from C++ with nothing
between the calls. llama-batched-bench evaluates a prompt of 512 tokens and one set of logits; llama-perplexity a text of
512 tokens and the logits of its second half: less work a token, and no branches.`,
    run: overheadSection,
  },
  nextStep: {
    title: 'A step more',
    text: 'A trace was scored; now it is scored with a step more, which costs that step. Both models.',
    run: nextStepSection,
  },
  memory: {
    title: 'Memory',
    text: `The most that the whole process takes, mapped weights counted, for responses of 8 tokens in batches of 64, which
ten of them fill.`,
    run: memorySection,
  },
  choices: {
    title: 'What the defaults rest on',
    text: `Tokens evaluated per second for a prompt of 512 tokens with 16 responses of 64, log-softmax on the host but in
the last column.`,
    run: choicesSection,
  },
};
type SectionName = keyof typeof sections;

const command = new Command('bench')
  .description('Measures implicit-prm against other ways to get the same numbers.')
  .option('--policy <file>', 'a policy to measure with, in place of random models')
  .option('--reference <file>', 'its reference')
  .option('--shapes <names...>', 'shapes of random models: 0.5B, 1.5B, 7B', ['0.5B', '1.5B'])
  .option('--types <names...>', 'their types: BF16, Q8_0, Q4_K_M', ['BF16', 'Q8_0', 'Q4_K_M'])
  .option('--prompts <tokens...>', 'lengths of prompts', ['64', '512', '2048'])
  .option('--responses <numbers...>', 'how many responses', ['1', '8', '64'])
  .option('--tokens <tokens...>', 'lengths of responses', ['32', '256', '1024'])
  .option('--rounds <number>', 'runs in turns', '3')
  .option('--limit <seconds>', 'the longest that one run may take', '60')
  .option('--threads <number>', 'CPU threads', String(os.availableParallelism()))
  .addOption(new Option('--only <sections...>', 'parts to measure').choices(Object.keys(sections)))
  .option('--write', 'write docs/benchmark.md')
  .parse();
const options = command.opts<{
  policy?: string;
  reference?: string;
  shapes: ShapeName[];
  types: Quantisation[];
  prompts: string[];
  responses: string[];
  tokens: string[];
  rounds: string;
  limit: string;
  threads: string;
  only?: SectionName[];
  write?: true;
}>();

const tools = buildTools();
const limit = Number(options.limit);
const settings: Settings = {
  tools,
  pairs: choosePairs(),
  sizes: options.prompts.flatMap(prompt =>
    options.tokens.flatMap(tokens =>
      options.responses
        .map(responses => ({prompt: Number(prompt), responses: Number(responses), tokens: Number(tokens)}))
        // Some 200 tokens a second is what a laptop does with the smallest of these models.
        .filter(size => 2 * (size.prompt + size.responses * size.tokens) < 200 * limit),
    ),
  ),
  threads: Number(options.threads),
  batchSize: 512,
  rounds: Number(options.rounds),
  limit,
};
for (const name of options.only ?? (Object.keys(sections) as SectionName[])) {
  const {title, text, run} = sections[name];
  const section = `## ${title}\n\n${text.replaceAll('\n', ' ')}\n\n${await run(settings)}\n\n${origin()}\n`;
  process.stdout.write(`${section}\n`);
  if (options.write) {
    writeSection(section);
  }
}

/** Puts a section in place of the one with its title, or at the end. */
function writeSection(section: string): void {
  const document = existsSync(documentFile) ? readFileSync(documentFile, 'utf8') : heading;
  const [first, ...others] = document.split(/^(?=## )/m).map(part => `${part.trim()}\n`);
  const title = section.slice(0, section.indexOf('\n') + 1);
  const at = others.findIndex(other => other.startsWith(title));
  others.splice(at < 0 ? others.length : at, at < 0 ? 0 : 1, section);
  writeFileSync(documentFile, [first, ...others].join('\n'));
}

function choosePairs(): BenchPair[] {
  const {policy, reference} = options;
  if (policy !== undefined && reference !== undefined) {
    return [{name: 'the given pair', policy, reference}];
  }

  if (policy !== undefined || reference !== undefined) {
    command.error('error: give --policy and --reference together');
  }

  return options.shapes.flatMap(shape => options.types.map(type => randomPair(shape, type, tools)));
}

/** Where the numbers of a section come from. */
function origin(): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'an unknown CPU';
  const memory = Math.round(os.totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return `\`npm run bench -- ${process.argv.slice(2).join(' ')}\`, ${date}: ${options.threads} threads of ${cpu}, ${memory} GiB, ${os.type()}, Node ${process.versions.node}.`;
}
