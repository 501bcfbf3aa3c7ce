import {ContextOverflowError} from '../errors/context-overflow-error.js';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import type {TokenisedResponse} from '../text/tokenised-response.js';

/**
 * Checks that there is something to score and that it fits.
 *
 * @param name - what to call the response, such as `Response number 2`
 * @throws {@link InvalidInputError}, {@link ContextOverflowError} with the numbers
 */
export function checkLength(
  {tokens, promptLength}: TokenisedResponse,
  contextSize: number,
  name: string,
): void {
  if (promptLength === 0) {
    throw new InvalidInputError('The prompt is empty: nothing predicts the first token of the response.');
  }

  if (tokens.length === promptLength) {
    throw new InvalidInputError(
      `${name} has no token of its own: its text is part of the prompt's last token.`,
    );
  }

  if (tokens.length > contextSize) {
    throw new ContextOverflowError(
      `${name} does not fit the context: with its prompt it has ${tokens.length} tokens ` +
        `(${promptLength} + ${tokens.length - promptLength}), but the context has ${contextSize}. ` +
        'Open the pair with a larger contextSize, or shorten the text.',
    );
  }
}
