import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {showValue} from '../../errors/show-value.js';
import {matchesWithin} from '../../utils/pattern-matches.js';

/** How long a caller's regular expression may take over one response, in milliseconds. */
const timeLimit = 1000;

/**
 * Finds the last match of a regular expression that is not blank, and leaves the caller's object as it was.
 *
 * @param text - any text
 * @param pattern - any regular expression
 * @returns the first capture group if it took part in the match, else the match; `null` if nothing matches
 * @throws {@link InvalidInputError} if the pattern takes longer than a second
 */
export function matchedAnswer(text: string, pattern: RegExp): string | null {
  const matches = matchesWithin(text, pattern, timeLimit);
  if (!matches) {
    throw new InvalidInputError(
      `The pattern ${showValue(pattern)} takes more than ${timeLimit / 1000} second on one response: repetitions in ` +
        'it can match the same text in too many ways.',
    );
  }

  // A pattern such as /\d*/ also matches the nothing at the end of the text.
  const found = matches.map(({start, end, group}) => group ?? text.slice(start, end));
  return found.findLast(answer => answer.trim() !== '') ?? null;
}
