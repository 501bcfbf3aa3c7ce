import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import {globalFlags, matchesWithin} from '../utils/pattern-matches.js';
import {TimedWorker, TimeLimitError} from '../utils/timed-worker.js';
import type {PatternJob} from './pattern-worker.js';
import type {TextRange} from './ranges.js';

/** How long a caller's regular expression may take over one response, in milliseconds. */
const timeLimit = 5000;
/** How long it may hold up everything else before it goes on in a thread. */
const patience = 25;
/** In MiB. */
const memoryLimit = 256;

/**
 * Finds every occurrence of a string, from left to right, without overlaps.
 *
 * @param text - any text
 * @param separator - a string that is not empty
 * @returns where the separator lies
 */
export function* separatorMatches(text: string, separator: string): Generator<TextRange> {
  for (let start = text.indexOf(separator); start !== -1; ) {
    const end = start + separator.length;
    yield {start, end};
    start = text.indexOf(separator, end);
  }
}

/** The marks that data sets and process reward models put behind a step: Math-Shepherd's and Qwen's. */
export function* markMatches(text: string): Generator<TextRange> {
  for (const {0: mark, index} of text.matchAll(/\s?(?:(?<!\p{L})ки(?!\p{L})|<extra_0>)\s*/gu)) {
    yield {start: index, end: index + mark.length};
  }
}

/**
 * Finds every match of a regular expression as if it had the flag `g` and not `y`, and leaves the caller's object
 * as it was.
 *
 * @param text - any text
 * @param pattern - any regular expression
 * @returns where the matches lie, in order, those of no width included
 * @throws {@link InvalidInputError} if the pattern takes longer than five seconds
 */
export function patternMatches(text: string, pattern: RegExp): TextRange[] {
  const matches = matchesWithin(text, pattern, timeLimit);
  if (matches) {
    return outsideCharacters(text, matches);
  }

  throw tooSlow(pattern);
}

/**
 * The same, for a pattern that may take long: what goes beyond a moment is done in a thread.
 *
 * @throws {@link InvalidInputError} as {@link patternMatches}; the reason of an abort
 */
export async function patternMatchesInTime(
  text: string,
  pattern: RegExp,
  signal?: AbortSignal,
): Promise<TextRange[]> {
  signal?.throwIfAborted();
  const matches = matchesWithin(text, pattern, patience);
  if (matches) {
    return outsideCharacters(text, matches);
  }

  await using worker = new TimedWorker<PatternJob, TextRange[]>(import.meta.url, 'pattern-worker', {
    timeLimit,
    memoryLimit,
  });
  try {
    return outsideCharacters(
      text,
      await worker.run({text, source: pattern.source, flags: globalFlags(pattern)}, signal),
    );
  } catch (error) {
    throw error instanceof TimeLimitError ? tooSlow(pattern) : error;
  }
}

function tooSlow(pattern: RegExp): InvalidInputError {
  return new InvalidInputError(
    `The pattern ${showValue(pattern)} takes more than ${timeLimit / 1000} seconds on one response: repetitions in ` +
      'it can match the same text in too many ways.',
  );
}

// Without the flag `u` a pattern also matches between the halves of a surrogate pair, where a cut would leave two
// pieces that are no valid text.
function outsideCharacters(text: string, matches: readonly TextRange[]): TextRange[] {
  return matches.filter(
    ({start, end}) => end > start || start === 0 || (text.codePointAt(start - 1) ?? 0) <= 0xffff,
  );
}
