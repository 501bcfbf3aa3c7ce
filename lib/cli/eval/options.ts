import {type Command, Option} from 'commander';
import type {BetaSchedule} from '../../reward/beta-schedule.js';
import {wholeNumber} from '../options/numbers.js';
import {addPairOptions, type PairFlags} from '../options/pair.js';
import {addRunOptions, type RunFlags, requireFile} from '../options/run.js';
import {betaScheduleOption} from '../options/scoring.js';

/** The options that all evaluations have. */
export interface EvalFlags extends PairFlags, RunFlags {
  betaSchedule?: Exclude<BetaSchedule, (...input: never) => unknown>;
  withoutReference?: true;
  fromResults?: string;
  resamples?: number;
  seed?: number;
  /** `false` for `--no-cache`. */
  cache?: string | false;
  json?: true;
  verbose?: true;
}

/**
 * Adds the options of {@link EvalFlags} to a command.
 *
 * @param scoring - the command's own options that results depend on, as commander names them
 * @returns the command
 */
export function addEvalOptions(command: Command, scoring: readonly string[]): Command {
  addPairOptions(command)
    .addOption(betaScheduleOption())
    .option('--without-reference', 'leave the reference out of all rewards: the policy alone');
  return addTableOptions(addRunOptions(command, output))
    .addOption(
      new Option('--from-results <file>', 'score nothing: print the tables of what --output wrote').conflicts(
        [...scoring, ...pairNames, ...runNames],
      ),
    )
    .addHelpText('after', notes);
}

function addTableOptions(command: Command): Command {
  return command
    .option(
      '--resamples <number>',
      'samples drawn for the confidence intervals; 2000 if left out',
      wholeNumber(0, 1_000_000),
    )
    .option('--seed <number>', 'what the drawing starts from; 0 if left out', wholeNumber(0, 0xffff_ffff))
    .option('--cache <folder>', 'where log-probabilities are kept; ~/.cache/implicit-prm if left out')
    .option('--no-cache', 'keep no log-probabilities and use none')
    .option('--json', 'print the results as JSON')
    .option('--quiet', 'show no progress')
    .option('--verbose', 'print what llama.cpp logs to stderr');
}

const output = 'keep the rewards of each record in a file; compressed if its name ends with .gz';
const pairNames = ['policy', 'reference', 'lora', 'bundled', 'beta', 'betaSchedule', 'withoutReference'];
const runNames = ['output', 'resume', 'overwrite', 'keepGoing', 'shard'];

const notes = `
The file may be JSON lines or a JSON array, compressed if its name ends with .gz; - is stdin.

With --output a run can be resumed and divided as one of score can. A shard prints no tables: put all of them together
with implicit-prm merge, then give the result to --from-results.

Exit codes: 0 the tables are printed; 1 an error; 2 wrong use; 3 with --keep-going: some records could not be scored,
the tables are of the others; 129, 130, 143 stopped by SIGHUP, Ctrl-C or SIGTERM.
`;

/** Ends the command with a message if there is nothing to read or nowhere to write. */
export function requireUsage(file: string | undefined, flags: EvalFlags, command: Command): void {
  if ((file === undefined) === (flags.fromResults === undefined)) {
    command.error(
      file === undefined
        ? "error: missing required argument 'file' (or use --from-results)"
        : "error: option '--from-results <file>' cannot be used with a data set",
    );
  }

  if (flags.output === '-') {
    command.error("error: option '--output' needs a file: the tables go to stdout");
  }

  requireFile(flags, command);
}
