import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import {isBlank} from './is-blank.js';
import {labelledRanges} from './labelled-ranges.js';
import {lineRanges} from './line-ranges.js';
import {paragraphRanges} from './paragraph-ranges.js';
import {patternMatches} from './pattern-matches.js';
import {rangesBetween} from './ranges-between.js';
import {rangesByFunction} from './ranges-by-function.js';
import {separatorMatches} from './separator-matches.js';
import type {StepSpan} from './step-span.js';
import type {StepSplitter} from './step-splitter.js';
import type {TextRange} from './text-range.js';

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
  if (typeof response !== 'string' || isBlank(response)) {
    throw new InvalidInputError(`A response has to be a string with text in it, not ${showValue(response)}.`);
  }

  const spans = stepRanges(response, splitter)
    .map(({start, end}) => ({text: response.slice(start, end), start, end}))
    .filter(({text}) => !isBlank(text));
  if (spans.length === 0) {
    throw new InvalidInputError(`The step splitter ${showValue(splitter)} leaves no step of the response.`);
  }

  return spans;
}

function stepRanges(response: string, splitter: StepSplitter): TextRange[] {
  if (splitter === 'blank-line') {
    return paragraphRanges(response);
  }

  if (splitter === 'line') {
    return [...lineRanges(response)];
  }

  if (splitter === 'step-label') {
    return labelledRanges(response);
  }

  if (typeof splitter === 'function') {
    return rangesByFunction(response, splitter);
  }

  return rangesBetween(response.length, separators(response, splitter));
}

function separators(response: string, splitter: {separator: string} | RegExp): Iterable<TextRange> {
  if (splitter instanceof RegExp) {
    return patternMatches(response, splitter);
  }

  // The types are no help to a caller in plain JavaScript.
  const separator: unknown = splitter?.separator;
  if (typeof separator === 'string' && separator !== '') {
    return separatorMatches(response, separator);
  }

  throw new InvalidInputError(
    "A step splitter is 'blank-line', 'line', 'step-label', {separator: a non-empty string}, a RegExp or a " +
      `function, not ${showValue(splitter)}.`,
  );
}
