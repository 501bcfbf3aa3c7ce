import {type Command, InvalidArgumentError, Option} from 'commander';
import type {AnswerExtractor} from '../../rank/extraction/answer-extractor.js';
import {extractorNames} from '../../rank/extraction/extract-answer.js';
import type {Aggregate} from '../../reward/aggregate.js';
import type {StepSplitter} from '../../steps/step-splitter.js';
import {unescaped} from './text.js';

/** Makes the option that chooses how β changes over a response. */
export function betaScheduleOption(): Option {
  return new Option('--beta-schedule <schedule>', 'how β changes; constant if left out').choices([
    'constant',
    'reciprocal',
    'exponential',
    'length-normalised',
  ]);
}

/** The options that make one score of the rewards of steps. */
export interface AggregateFlags {
  aggregate?: Aggregate;
  scoreBy?: 'reward' | 'q';
}

/**
 * Adds the options of {@link AggregateFlags} to a command.
 *
 * @returns the command
 */
export function addAggregateOptions(command: Command): Command {
  return command
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
    );
}

/**
 * Parses `--split`.
 *
 * @param text - `blank-line`, `line`, `step-label`, `step-mark`, `string:TEXT` or `regex:PATTERN`. In TEXT `\n`, `\r`, `\t`
 * and `\\` are a line feed, a carriage return, a tab and a backslash. In a pattern `^` and `$` match at
 * every line, since one that matched only at the ends of the response would split nothing
 */
export function parseSplit(text: string): StepSplitter {
  if (text === 'blank-line' || text === 'line' || text === 'step-label' || text === 'step-mark') {
    return text;
  }

  const [, kind, rest] = /^(string|regex):(.+)$/su.exec(text) ?? [];
  if (rest === undefined) {
    throw new InvalidArgumentError(
      'It is one of blank-line, line, step-label, step-mark, string:TEXT and regex:PATTERN.',
    );
  }

  return kind === 'string' ? {separator: unescaped(rest)} : parsePattern(rest);
}

/**
 * Parses `--answer`.
 *
 * @param text - the name of an {@link AnswerExtractor}, or `regex:PATTERN`
 */
export function parseAnswerExtractor(text: string): AnswerExtractor {
  const [, source] = /^regex:(.+)$/su.exec(text) ?? [];
  if (source !== undefined) {
    return parsePattern(source);
  }

  const name = extractorNames.find(known => known === text);
  if (name === undefined) {
    throw new InvalidArgumentError(`It is one of ${extractorNames.join(', ')} and regex:PATTERN.`);
  }

  return name;
}

function parsePattern(source: string): RegExp {
  try {
    return new RegExp(source, 'mu');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : String(error));
  }
}
