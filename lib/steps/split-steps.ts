import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import {labelledRanges} from './labels.js';
import {ownPieces} from './own-pieces.js';
import {paragraphRanges, wholeRanges} from './paragraphs.js';
import {isBlank, lineRanges, rangesBetween, type TextRange} from './ranges.js';
import {markMatches, patternMatches, patternMatchesInTime, separatorMatches} from './separators.js';
import type {StepSpan} from './step-span.js';
import type {StepSplitter} from './step-splitter.js';
import {withoutLoneMarkers} from './thinking.js';

/**
 * Cuts a response into the steps that get a reward each (the steps y_k of arXiv 2412.01981, section 3). What lies
 * between two spans is separator; for `'blank-line'`, `'line'` and `'step-label'` that is white space only. Takes
 * time linear in the response, but for a caller's own regular expression or function.
 *
 * @param response - the response, with more in it than white space
 * @param splitter - where to cut, see {@link StepSplitter}
 * @returns the steps in order, at least one, each with its place in UTF-16 units
 * @throws {@link InvalidInputError} if the response is empty or only white space or no string, if the splitter is
 * unknown, if it leaves no step, or if a splitter function returns something else than the pieces of the response
 */
export function splitSteps(response: string, splitter: StepSplitter = 'blank-line'): StepSpan[] {
  checkResponse(response);
  const ranges =
    splitter instanceof RegExp
      ? rangesBetween(response.length, patternMatches(response, splitter))
      : stepRanges(response, splitter);
  return spansOf(response, ranges, splitter);
}

/**
 * The same without holding up everything else: a regular expression that takes long goes on in a thread.
 *
 * @param signal - gives up on a regular expression
 * @throws as {@link splitSteps}; the reason of an abort
 */
export async function splitStepsInTime(
  response: string,
  splitter: StepSplitter = 'blank-line',
  signal?: AbortSignal,
): Promise<StepSpan[]> {
  if (!(splitter instanceof RegExp)) {
    return splitSteps(response, splitter);
  }

  checkResponse(response);
  const separators = await patternMatchesInTime(response, splitter, signal);
  return spansOf(response, rangesBetween(response.length, separators), splitter);
}

function checkResponse(response: unknown): void {
  if (typeof response !== 'string' || isBlank(response)) {
    throw new InvalidInputError(`A response has to be a string with text in it, not ${showValue(response)}.`);
  }
}

function spansOf(response: string, ranges: readonly TextRange[], splitter: StepSplitter): StepSpan[] {
  // One look at each piece: there may be a million of them.
  const filled = ranges.filter(({start, end}) => end > start && !isBlank(response.slice(start, end)));
  const steps = typeof splitter === 'string' ? withoutLoneMarkers(response, filled) : filled;
  if (steps.length === 0) {
    throw new InvalidInputError(`The step splitter ${showValue(splitter)} leaves no step of the response.`);
  }

  return steps.map(({start, end}) => ({text: response.slice(start, end), start, end}));
}

function stepRanges(response: string, splitter: Exclude<StepSplitter, RegExp>): TextRange[] {
  switch (splitter) {
    case 'blank-line':
      return paragraphRanges(response, wholeRanges(response));
    case 'line':
      return [...lineRanges(response)];
    case 'step-label':
      return labelledRanges(response, wholeRanges(response));
    case 'step-mark':
      return rangesBetween(response.length, markMatches(response));
  }

  if (typeof splitter === 'function') {
    return ownPieces(response, splitter);
  }

  // The types are no help to a caller in plain JavaScript.
  const separator: unknown = splitter?.separator;
  if (typeof separator === 'string' && separator !== '') {
    return rangesBetween(response.length, separatorMatches(response, separator));
  }

  throw new InvalidInputError(
    "A step splitter is 'blank-line', 'line', 'step-label', 'step-mark', {separator: a non-empty string}, a RegExp or " +
      `a function, not ${showValue(splitter)}.`,
  );
}
