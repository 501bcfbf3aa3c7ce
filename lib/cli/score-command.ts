import process from 'node:process';
import {Command, Option} from 'commander';
import {openPair} from '../pair/open-pair.js';
import type {Pair} from '../pair/pair.js';
import type {PairOptions} from '../pair/pair-options.js';
import type {Aggregate} from '../reward/aggregate.js';
import type {BetaSchedule} from '../reward/beta-schedule.js';
import type {StepSplitter} from '../steps/step-splitter.js';
import {addPairOptions} from './add-pair-options.js';
import {interruptible} from './interruptible.js';
import {type Input, openInput} from './open-input.js';
import {type Output, openOutput} from './open-output.js';
import {openProgressState} from './open-progress-state.js';
import type {PairFlags} from './pair-flags.js';
import {pairOptionsOf} from './pair-options-of.js';
import {parseSplit} from './parse-split.js';
import {printable} from './printable.js';
import {ProgressDisplay} from './progress-display.js';
import {scoreLines} from './score-lines.js';

interface ScoreFlags extends PairFlags {
  split?: StepSplitter;
  aggregate?: Aggregate;
  scoreBy?: 'reward' | 'q';
  betaSchedule?: Exclude<BetaSchedule, (...input: never) => unknown>;
  incomplete?: true;
  allowSpecialTokens?: true;
  tokens?: true;
  output?: string;
  quiet?: true;
  verbose?: true;
}

/** Makes the command `score`: JSON lines in, JSON lines with process rewards out. */
export function scoreCommand(): Command {
  const command = new Command('score')
    .description('Score responses step by step: a result line for every line of JSON.')
    .argument('[file]', 'JSON lines of {prompt, response | responses | steps}; - or nothing for stdin')
    .usage('[options] [file.jsonl | -]');
  return addOutputOptions(addScoringOptions(addPairOptions(command))).action(
    async (file: string | undefined, flags: ScoreFlags) => {
      const pairOptions = pairOptionsOf(flags, command);
      await interruptible(async signal => run(file, flags, {...pairOptions, signal}));
    },
  );
}

function addScoringOptions(command: Command): Command {
  return command
    .option(
      '--split <how>',
      'where steps begin: blank-line (if left out), line, step-label, string:TEXT or regex:PATTERN',
      parseSplit,
    )
    .addOption(
      new Option('--aggregate <how>', 'how the steps make one score; min if left out').choices([
        'min',
        'sum',
        'mean',
        'last',
        'product',
      ]),
    )
    .addOption(
      new Option('--score-by <what>', 'what of the steps is aggregated; reward if left out').choices([
        'reward',
        'q',
      ]),
    )
    .addOption(
      new Option('--beta-schedule <schedule>', 'how β changes; constant if left out').choices([
        'constant',
        'reciprocal',
        'exponential',
        'length-normalised',
      ]),
    )
    .option('--incomplete', 'responses have not come to their end, unless a line says "complete": true')
    .option('--allow-special-tokens', 'take the texts of special tokens for these tokens');
}

function addOutputOptions(command: Command): Command {
  return command
    .option('--tokens', 'add the tokens and their log-probabilities to the results')
    .option('--output <file>', 'where to write instead of stdout')
    .option('--quiet', 'show no progress')
    .option('--verbose', 'print what llama.cpp logs to stderr');
}

async function run(
  file: string | undefined,
  flags: ScoreFlags,
  pairOptions: PairOptions & {signal: AbortSignal},
): Promise<void> {
  // Both before the models, so that a wrong path shows at once.
  const input = await openInput(file, pairOptions.signal);
  try {
    const output = await openOutput(flags.output, input.stats);
    try {
      await scoreAll(input, output, flags, pairOptions);
    } finally {
      await output.close();
    }
  } finally {
    // An open stdin would keep the process alive.
    input.stream.destroy();
  }
}

async function scoreAll(
  input: Input,
  output: Output,
  flags: ScoreFlags,
  pairOptions: PairOptions & {signal: AbortSignal},
): Promise<void> {
  const {quiet = false, verbose = false} = flags;
  const progress = new ProgressDisplay(!quiet && !verbose);
  let pair: Pair | undefined;
  try {
    pair = await openPair({
      ...pairOptions,
      onProgress: state => progress.show(openProgressState(state)),
      onLog: verbose ? (level, text) => process.stderr.write(`${level}: ${printable(text)}\n`) : undefined,
    });
    progress.clear();
    await output.begin();
    if (input.isTerminal && !quiet) {
      process.stderr.write('implicit-prm: reading JSON lines from the terminal, Ctrl-D ends them\n');
    }

    const done = await scoreLines(pair, input, output, {
      scoring: scoringOf(flags, pairOptions.signal),
      complete: !flags.incomplete,
      tokens: flags.tokens ?? false,
      // Where the results scroll by, they are the progress, and a bar would be torn by them.
      progress: output.isTerminal ? undefined : progress,
    });
    progress.clear();
    if (done === 0 && !quiet) {
      process.stderr.write(`implicit-prm: ${printable(input.name)} has no lines to score\n`);
    }
  } finally {
    progress.clear();
    await pair?.close();
  }
}

function scoringOf(
  {split, aggregate, scoreBy, betaSchedule, allowSpecialTokens}: ScoreFlags,
  signal: AbortSignal,
) {
  return {split, aggregate, scoreBy, betaSchedule, allowSpecialTokens, signal};
}
