import {InvalidArgumentError, Option} from 'commander';
import type {StepSplitter} from '../../steps/step-splitter.js';

/** Makes the option that chooses how β changes over a response. */
export function betaScheduleOption(): Option {
  return new Option('--beta-schedule <schedule>', 'how β changes; constant if left out').choices([
    'constant',
    'reciprocal',
    'exponential',
    'length-normalised',
  ]);
}

/**
 * Parses `--split`.
 *
 * @param text - `blank-line`, `line`, `step-label`, `string:TEXT` or `regex:PATTERN`. In a pattern `^` and `$` match at
 * every line, since one that matched only at the ends of the response would split nothing
 */
export function parseSplit(text: string): StepSplitter {
  if (text === 'blank-line' || text === 'line' || text === 'step-label') {
    return text;
  }

  const [, kind, rest] = /^(string|regex):(.+)$/su.exec(text) ?? [];
  if (rest === undefined) {
    throw new InvalidArgumentError(
      'It is one of blank-line, line, step-label, string:TEXT and regex:PATTERN.',
    );
  }

  return kind === 'string' ? {separator: rest} : parsePattern(rest);
}

function parsePattern(source: string): RegExp {
  try {
    return new RegExp(source, 'mu');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : String(error));
  }
}
