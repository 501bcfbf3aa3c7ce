import os from 'node:os';
import process from 'node:process';
import {Command, Option} from 'commander';
import {buildTools} from './build-tools.js';
import {type BenchPair, type Quantisation, randomPair} from './models.js';
import type {ShapeName} from './random-model.js';
import {replaceSection} from './replace-section.js';
import {choicesSection} from './sections/choices.js';
import {isolationSection} from './sections/isolation.js';
import {memorySection} from './sections/memory.js';
import {nextStepSection} from './sections/next-step.js';
import {openingSection} from './sections/opening.js';
import {overheadSection} from './sections/overhead.js';
import {realModelSection} from './sections/real-model.js';
import {rivalsSection} from './sections/rivals.js';
import {trainingSection} from './sections/training.js';
import type {Settings} from './settings.js';

const page = new URL('../docs/benchmark.md', import.meta.url);

const sections = {
  rivals: rivalsSection,
  overhead: overheadSection,
  nextStep: nextStepSection,
  memory: memorySection,
  isolation: isolationSection,
  opening: openingSection,
  training: trainingSection,
  realModel: realModelSection,
  choices: choicesSection,
};
type SectionName = keyof typeof sections;

const command = new Command('bench')
  .description('Measures implicit-prm against other ways to get the same numbers.')
  .option('--policy <file>', 'a policy to measure with too')
  .option('--reference <file>', 'its reference')
  .option('--shapes <names...>', 'shapes of random models: 0.5B, 1.5B, 7B; 0.5B and 1.5B if no pair is given')
  .option('--types <names...>', 'their types: BF16, Q8_0, Q4_K_M', ['BF16', 'Q8_0', 'Q4_K_M'])
  .option('--prompts <tokens...>', 'lengths of prompts', ['64', '512', '2048'])
  .option('--responses <numbers...>', 'how many responses', ['1', '8', '64'])
  .option('--tokens <tokens...>', 'lengths of responses', ['32', '256', '1024'])
  .option('--rounds <number>', 'runs in turns', '3')
  .option('--limit <seconds>', 'the longest that one run may take', '60')
  .option('--threads <number>', 'CPU threads', String(os.availableParallelism()))
  .addOption(new Option('--only <sections...>', 'parts to measure').choices(Object.keys(sections)))
  .option('--write [name]', 'write docs/benchmark.md, between the comments of the part or of another name')
  .parse();
const options = command.opts<{
  policy?: string;
  reference?: string;
  shapes?: ShapeName[];
  types: Quantisation[];
  prompts: string[];
  responses: string[];
  tokens: string[];
  rounds: string;
  limit: string;
  threads: string;
  only?: SectionName[];
  write?: true | string;
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
  rounds: Number(options.rounds),
  limit,
};
for (const name of options.only ?? (Object.keys(sections) as SectionName[])) {
  const text = `${await sections[name](settings)}\n\n${origin()}`;
  process.stdout.write(`## ${name}\n\n${text}\n\n`);
  if (options.write) {
    replaceSection(page, options.write === true ? name : options.write, text);
  }
}

function choosePairs(): BenchPair[] {
  const {policy, reference, types} = options;
  if ((policy === undefined) !== (reference === undefined)) {
    command.error('error: give --policy and --reference together');
  }

  const given = policy && reference ? [{name: 'the given pair', policy, reference}] : [];
  const shapes = options.shapes ?? (given.length > 0 ? [] : ['0.5B', '1.5B']);
  return [...shapes.flatMap(shape => types.map(type => randomPair(shape, type, tools))), ...given];
}

/** Where the numbers of a section come from. */
function origin(): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'an unknown CPU';
  const memory = Math.round(os.totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return `\`npm run bench -- ${process.argv.slice(2).join(' ')}\`, ${date}: ${options.threads} threads of ${cpu}, ${memory} GiB, ${os.type()}, Node ${process.versions.node}.`;
}
