import {ContextOverflowError} from '../errors/context-overflow-error.js';
import type {PreparedPrompt} from './prepare-prompt.js';
import {plain, type RenderedResponse} from './render-response.js';

/** How much there may be. */
interface Limits {
  /** The most tokens. */
  contextSize?: number | undefined;
  /** The most bytes of a token. */
  longestToken?: number | undefined;
}

/**
 * Refuses a text whose bytes are more than the longest tokens could have.
 *
 * @param name - what the response is called in the error
 * @throws {@link ContextOverflowError}
 */
export function requireShort(
  name: string,
  {before, body}: RenderedResponse,
  {tokens, marker}: PreparedPrompt,
  {contextSize, longestToken = Number.POSITIVE_INFINITY}: Limits,
): void {
  if (contextSize === undefined || (before.length + body.length) * 3 <= contextSize * longestToken) {
    return;
  }

  // White space may be no token at all: some special tokens swallow it.
  const bytes = Buffer.byteLength(plain(before + body, marker).replaceAll(/\s+/gu, ''));
  const least = (tokens?.length ?? 0) + Math.ceil(bytes / longestToken);
  if (least > contextSize) {
    throw new ContextOverflowError(
      `${name} does not fit the context: with its prompt it has ${bytes} bytes, which are at least ${least} ` +
        `tokens, but the context has ${contextSize}. Open the pair with a larger contextSize, or shorten the text.`,
    );
  }
}
