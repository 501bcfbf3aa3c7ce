import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import {isBlank, type TextRange} from './ranges.js';

/**
 * Lets a caller's function cut a response, and checks that it lost, added and changed nothing.
 *
 * @param response - the response
 * @param split - returns the pieces of the response in order
 * @returns the pieces' places
 * @throws {@link InvalidInputError} if the function does not return a list of strings, if a piece is empty or only
 * white space, or if the pieces joined are not the response; whatever the function itself throws comes through
 */
export function ownPieces(response: string, split: (response: string) => readonly string[]): TextRange[] {
  const pieces: unknown = split(response);
  if (!Array.isArray(pieces)) {
    throw new InvalidInputError(
      `The step splitter has to return a list of strings, but returned ${showValue(pieces)}.`,
    );
  }

  checkPieces(pieces);
  checkSame(pieces.join(''), response);
  return places(pieces);
}

function checkPieces(pieces: readonly unknown[]): asserts pieces is readonly string[] {
  for (const [index, piece] of pieces.entries()) {
    if (typeof piece !== 'string' || isBlank(piece)) {
      throw new InvalidInputError(
        `Every piece of a step splitter has to hold text, but piece ${index} is ${showValue(piece)}.`,
      );
    }
  }
}

function checkSame(joined: string, response: string): void {
  if (joined === response) {
    return;
  }

  let at = 0;
  while (at < joined.length && joined[at] === response[at]) {
    at++;
  }

  throw new InvalidInputError(
    `The pieces of a step splitter have to make up the response, but at character ${at} they go on with ` +
      `${excerpt(joined, at)} and the response with ${excerpt(response, at)}.`,
  );
}

function excerpt(text: string, at: number): string {
  return at < text.length ? showValue(text.slice(at, at + 20)) : 'nothing';
}

function places(pieces: readonly string[]): TextRange[] {
  let end = 0;
  return pieces.map(piece => {
    const start = end;
    end += piece.length;
    return {start, end};
  });
}
