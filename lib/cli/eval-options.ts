import type {Command} from 'commander';
import {addPairOptions} from './add-pair-options.js';
import {betaScheduleOption} from './beta-schedule-option.js';
import {wholeNumber} from './whole-number.js';

/**
 * Adds the options of {@link EvalFlags} to a command.
 *
 * @returns the command
 */
export function addEvalOptions(command: Command): Command {
  return addPairOptions(command)
    .addOption(betaScheduleOption())
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
