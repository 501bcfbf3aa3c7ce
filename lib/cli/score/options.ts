import {type Command, Option} from 'commander';
import type {BetaSchedule} from '../../reward/beta-schedule.js';
import type {StepSplitter} from '../../steps/step-splitter.js';
import {share} from '../options/numbers.js';
import type {PairFlags} from '../options/pair.js';
import {addRunOptions, type RunFlags} from '../options/run.js';
import {
  type AggregateFlags,
  addAggregateOptions,
  betaScheduleOption,
  parseSplit,
} from '../options/scoring.js';

/** The options of the command `score`. */
export interface ScoreFlags extends PairFlags, AggregateFlags, RunFlags {
  split?: StepSplitter;
  betaSchedule?: Exclude<BetaSchedule, (...input: never) => unknown>;
  incomplete?: true;
  allowSpecialTokens?: true;
  tokens?: true;
  showText?: true;
  report?: string;
  pretty?: true;
  threshold?: number;
  /** False for `--no-color`. */
  color: boolean;
  verbose?: true;
}

/**
 * Adds the options of `score` that are not those of the pair.
 *
 * @returns the command
 */
export function addScoreOptions(command: Command): Command {
  const scored = addOutputOptions(addScoringOptions(command));
  return addRunOptions(scored, output).addHelpText('after', notes);
}

function addScoringOptions(command: Command): Command {
  return addAggregateOptions(
    command.option(
      '--split <how>',
      'where steps begin: blank-line (if left out), line, step-label, step-mark, string:TEXT (with \\n, \\t) or regex:PATTERN',
      parseSplit,
    ),
  )
    .addOption(betaScheduleOption())
    .option('--incomplete', 'responses have not come to their end, unless a line says "complete": true')
    .option('--allow-special-tokens', 'take the texts of special tokens for these tokens');
}

function addOutputOptions(command: Command): Command {
  return command
    .option('--tokens', 'add the tokens and their log-probabilities to the results')
    .addOption(
      new Option('--show-text', 'print exactly what is scored, token by token, and score nothing').conflicts([
        'tokens',
        'report',
        'pretty',
        'output',
        'resume',
        'overwrite',
        'shard',
      ]),
    )
    .option('--report <file>', 'make a page of all results too, see implicit-prm report; adds --tokens')
    .addOption(
      new Option('--pretty', 'print for people: tokens in colour, steps with bars').conflicts([
        'tokens',
        'report',
        'output',
        'resume',
        'overwrite',
        'shard',
      ]),
    )
    .option(
      '--threshold <p>',
      'with --pretty: mark the first step with σ(Q) under it; 0.5 if left out',
      share,
    )
    .option('--quiet', 'show no progress')
    .option('--verbose', 'print what llama.cpp logs to stderr');
}

const output = 'where to write instead of stdout; compressed if its name ends with .gz';

const notes = `
A file given by --output gets each result on the disk before the next line is scored, so that a crash or a full disk
costs one line. What it was made from is kept in OUTPUT.run.json: models, options, and a hash of the lines that are
done. With --resume these have to be the same. The outputs of all shards are put together by implicit-prm merge.

Exit codes: 0 all lines are scored; 1 an error; 2 wrong use; 3 with --keep-going: all lines are done, but some of them
could not be scored; 129, 130, 143 stopped by SIGHUP, Ctrl-C or SIGTERM; 141 if the reader of stdout went away.
`;
