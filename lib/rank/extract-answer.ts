import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import type {AnswerExtractor} from './answer-extractor.js';
import {boxedAnswer} from './boxed-answer.js';
import {labelledAnswer} from './labelled-answer.js';
import {matchedAnswer} from './matched-answer.js';

/**
 * Finds the final answer of a response, for {@link vote} to group by. Takes time linear in the text, but for a caller's
 * own regular expression or function.
 *
 * @param text - a response, any text
 * @param how - where to look, see {@link AnswerExtractor}; if left out, `'boxed'`, and where that finds nothing
 * `'answer-line'`
 * @returns the answer without white space around it, else as it stands there; `null` if there is none or it is blank
 * @throws {@link InvalidInputError} if the text is no string, if the extractor is unknown, or if an extractor function
 * returns anything but a string or `null`; whatever the function itself throws comes through
 */
export function extractAnswer(text: string, how?: AnswerExtractor): string | null {
  if (typeof text !== 'string') {
    throw new InvalidInputError(`An answer is looked for in a string, not in ${showValue(text)}.`);
  }

  // A blank box holds no answer: then the next place is looked at, and a blank one there is none either.
  return how === undefined
    ? (nonBlank(boxedAnswer(text)) ?? nonBlank(labelledAnswer(text)))
    : nonBlank(findAnswer(text, how));
}

function nonBlank(answer: string | null): string | null {
  return answer?.trim() || null;
}

function findAnswer(text: string, how: AnswerExtractor): string | null {
  if (how === 'boxed') {
    return boxedAnswer(text);
  }

  if (how === 'answer-line') {
    return labelledAnswer(text);
  }

  if (how instanceof RegExp) {
    return matchedAnswer(text, how);
  }

  if (typeof how === 'function') {
    return checkedAnswer(how(text));
  }

  throw new InvalidInputError(
    `An answer extractor is 'boxed', 'answer-line', a RegExp or a function, not ${showValue(how)}.`,
  );
}

function checkedAnswer(answer: unknown): string | null {
  if (typeof answer === 'string' || answer === null) {
    return answer;
  }

  throw new InvalidInputError(
    `An answer extractor has to return a string, or null for no answer, but returned ${showValue(answer)}.`,
  );
}
