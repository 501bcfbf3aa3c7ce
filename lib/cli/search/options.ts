import process from 'node:process';
import {type Command, Option} from 'commander';
import type {LocalGeneratorOptions, RemoteGeneratorOptions} from '../../generate/generator-options.js';
import type {PairOptions} from '../../pair/pair-options.js';
import {hasRemoteModel, remoteModelOf} from '../../pair/remote/model-uri.js';
import type {SearchChoice} from '../../search/search-record.js';
import type {SearchOptions} from '../../search/search-types.js';
import {addDrawingOptions, type DrawingFlags, drawingOf} from '../options/drawing.js';
import {addGeneratorOptions, type GeneratorFlags} from '../options/generator.js';
import {numberFromZero, positiveNumber, share, wholeNumber} from '../options/numbers.js';
import {addPairOptions, type PairFlags, pairOptionsOf} from '../options/pair.js';
import {addRunOptions, type RunFlags, requireFile} from '../options/run.js';
import {type AggregateFlags, addAggregateOptions} from '../options/scoring.js';
import {unescapedText} from '../options/text.js';

/** The options of the command `search`. */
export interface SearchFlags extends PairFlags, GeneratorFlags, DrawingFlags, AggregateFlags, RunFlags {
  generatorUrl?: string;
  method: SearchOptions['method'];
  count: number;
  beamWidth?: number;
  lookahead?: number;
  exploration?: number;
  dropBelow?: number;
  separator?: string;
  maxStepTokens?: number;
  maxSteps?: number;
  budgetTokens?: number;
  budgetSeconds?: number;
  choose: SearchChoice;
  tree?: true;
  watch?: true;
  fromResults?: string[];
  json?: true;
  verbose?: true;
  /** False for `--no-color`. */
  color: boolean;
}

/**
 * Adds the options of `search`.
 *
 * @returns the command
 */
export function addSearchOptions(command: Command): Command {
  const model = 'the model that writes: a GGUF file or a URI; the pair’s reference if left out';
  const models = addGeneratorOptions(addPairOptions(addMethodOptions(command)), '--generator-url', model);
  const drawn = addDrawingOptions(addAggregateOptions(models));
  return addTableOptions(addRunOptions(drawn, output)).addHelpText('after', notes);
}

function addMethodOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--method <method>', 'how to search')
        .choices(['bestOfN', 'beam', 'dvts', 'mcts'])
        .default('bestOfN'),
    )
    .option('-n, --count <number>', 'responses that are looked at side by side', wholeNumber(1, 4096), 16)
    .option(
      '--beam-width <number>',
      'in how many ways a response goes on; 4 if left out',
      wholeNumber(1, 4096),
    )
    .option(
      '--lookahead <steps>',
      'beam, dvts: how far to look before a step is judged; 0 if left out',
      wholeNumber(0),
    )
    .option('--exploration <number>', 'mcts: how much what is untried counts; 1 if left out', numberFromZero)
    .option('--drop-below <p>', 'bestOfN: drop a response at the first step with σ(Q) under it', share)
    .option(
      '--separator <text>',
      'what parts steps, \\n for a new line; a blank line if left out',
      unescapedText,
    )
    .option('--max-step-tokens <number>', 'the most tokens of a step; 512 if left out', wholeNumber(1))
    .option('--max-steps <number>', 'the most steps of a response; 40 if left out', wholeNumber(1))
    .option('--budget-tokens <number>', 'begin nothing new after so many generated tokens', wholeNumber(1))
    .option('--budget-seconds <number>', 'end a search after so many seconds', positiveNumber);
}

function addTableOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--choose <how>', 'whose answer is the answer: the best response’s, or a vote’s')
        .choices(['best', 'majority', 'weighted'])
        .default('best'),
    )
    .option('--tree', 'add all that was written to the results, for implicit-prm report')
    .addOption(
      new Option('--watch', 'show each search as it goes, on stderr, which has to be a terminal').conflicts([
        'quiet',
        'verbose',
        'fromResults',
      ]),
    )
    .option('--from-results <files...>', 'search nothing: print the table of what --output wrote')
    .option('--json', 'print the table as JSON')
    .option('--quiet', 'show no progress')
    .option('--verbose', 'print what llama.cpp logs to stderr');
}

/** Ends the command with a message for options that do not go together. */
export function requireUsage(file: string | undefined, flags: SearchFlags, command: Command): void {
  if (flags.fromResults !== undefined && (file !== undefined || flags.output !== undefined)) {
    command.error("error: option '--from-results <files...>' cannot be used with problems or '--output'");
  }

  if (flags.watch && process.stderr.isTTY !== true) {
    command.error("error: option '--watch' needs a terminal to draw on, and stderr is none");
  }

  requireFile(flags, command);
  const {method, count, beamWidth = 4} = flags;
  const others = Object.entries(methodsOf).filter(([, methods]) => !methods.includes(method));
  const taken = others.find(([name]) => flags[name as keyof typeof methodsOf] !== undefined);
  if (taken) {
    const option = command.options.find(one => one.attributeName() === taken[0])!;
    command.error(`error: option '${option.flags}' is for --method ${taken[1].join(', ')}, not ${method}`);
  }

  if ((method === 'beam' || method === 'dvts') && count % beamWidth !== 0) {
    command.error(
      `error: option '-n, --count <number>' has to be a multiple of --beam-width with --method ${method}: ${count} is none of ${beamWidth}`,
    );
  }
}

/** The methods that an option is for. */
const methodsOf: Readonly<
  Record<'beamWidth' | 'lookahead' | 'exploration' | 'dropBelow', readonly SearchOptions['method'][]>
> = {
  beamWidth: ['beam', 'dvts', 'mcts'],
  lookahead: ['beam', 'dvts'],
  exploration: ['mcts'],
  dropBelow: ['bestOfN'],
};

/** Makes the options of the command line into those of `search`, but for the seed: each problem has its own. */
export function searchOptionsOf(flags: SearchFlags): SearchOptions {
  const {method, count: n, beamWidth, lookahead, exploration, dropBelow} = flags;
  const {separator, maxStepTokens, maxSteps, aggregate, scoreBy, budgetTokens, budgetSeconds} = flags;
  const common = {
    ...drawingOf(flags),
    n,
    separator,
    maxStepTokens,
    maxSteps,
    scoring: {aggregate, scoreBy},
    budget: {tokens: budgetTokens, seconds: budgetSeconds},
  };
  switch (method) {
    case 'bestOfN':
      return {method, ...common, dropBelow};
    case 'mcts':
      return {method, ...common, beamWidth, exploration};
    default:
      return {method, ...common, beamWidth, lookahead};
  }
}

/** Makes the options of the command line into those of `openPair`. A tokenizer may be for the generator's server alone. */
export function searchPairOf(flags: SearchFlags, command: Command): PairOptions {
  const {tokenizer, ...pair} = pairOptionsOf(flags, command);
  return hasRemoteModel(pair) ? {...pair, tokenizer} : pair;
}

/** Makes the options of the command line into those of `openGenerator`. */
export function generatorOptionsOf(
  {model, generatorUrl: url, apiModel, tokenizer, parallel}: SearchFlags,
  pair: PairOptions,
  command: Command,
): LocalGeneratorOptions | RemoteGeneratorOptions {
  const {templateArguments} = pair;
  // A server's own template takes the server's date.
  const date = url !== undefined && tokenizer === undefined ? undefined : pair.date;
  if (url !== undefined) {
    return {url, model: apiModel, tokenizer, templateArguments, date};
  }

  const writer = model ?? pair.reference;
  const remote = typeof writer === 'string' ? remoteModelOf(writer) : writer;
  if (remote) {
    return {...remote, tokenizer, templateArguments, ...(tokenizer === undefined ? {} : {date: pair.date})};
  }

  if (writer === undefined) {
    command.error(
      "error: required option '--model <model>' not specified (or use --generator-url): the pair has no reference that could write",
    );
  }

  const {gpu, gpuLayers, threads, contextSize, modelsDirectory} = pair;
  return {
    ...{model: writer as string, gpu, gpuLayers, threads, contextSize, modelsDirectory, parallel},
    ...{templateArguments, date},
  };
}

const output = 'where to write instead of stdout; compressed if its name ends with .gz';

const notes = `
A line of input is a problem, {"prompt": …} with a "reference" if the right answer is known; a line of output is the same
with "answer", "correct", the "best" response with its steps and rewards, all "responses", which score, eval best-of-n and
train take, and what it took. The table is printed to stdout if the lines go to a file, else to stderr.

The same seed gives the same responses on the same machine, also when resumed and whichever shard a problem is in, unless
--budget-seconds ends a search. A file given by --output gets each problem on the disk before the next is begun; --resume
goes on behind the last.

A server's key is taken from the environment, IMPLICIT_PRM_API_KEY.

Exit codes: 0 all problems are done; 1 an error; 2 wrong use; 3 with --keep-going: some of them could not be answered;
129, 130, 143 stopped by SIGHUP, Ctrl-C or SIGTERM; 141 if the reader of stdout went away.
`;
