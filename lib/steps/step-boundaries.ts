import {InvalidInputError} from '../errors/invalid-input-error.js';

/**
 * Says which tokens belong to which step. A response is tokenised whole, never step by step, so tokens need not
 * begin and end where steps do. A token belongs to the step in which its first unit lies; a separator belongs to
 * the step before it, one at the very beginning to the first step. This is what the evaluation code of
 * arXiv 2412.01981 does, which takes the boundary at the separator.
 *
 * The unit is whatever both arguments are counted in: bytes for token boundaries as a tokenizer has them, UTF-16
 * units for JavaScript strings.
 *
 * @param tokenStarts - where each token of the response begins, ascending; tokens of no width (such as the
 * end-of-turn token, at the end of the text) share their place with the next one
 * @param stepStarts - where each step begins, ascending, at least one; the first counts as 0 whatever it is
 * @returns for each step the index one past its last token; the last is `tokenStarts.length`. A step that begins
 * and ends inside one token has no token of its own, and the same end as the step before
 * @throws {@link InvalidInputError} if there is no step, or if either list does not ascend
 */
export function stepBoundaries(tokenStarts: ArrayLike<number>, stepStarts: readonly number[]): number[] {
  if (stepStarts.length === 0) {
    throw new InvalidInputError('Token boundaries need at least one step.');
  }

  checkAscending('tokenStarts', tokenStarts, 0);
  checkAscending('stepStarts', stepStarts, 1);
  const ends: number[] = [];
  let token = 0;
  for (let step = 1; step < stepStarts.length; step++) {
    while (token < tokenStarts.length && tokenStarts[token]! < stepStarts[step]!) {
      token++;
    }

    ends.push(token);
  }

  ends.push(tokenStarts.length);
  return ends;
}

function checkAscending(name: string, values: ArrayLike<number>, first: number): void {
  let before = 0;
  for (let index = first; index < values.length; index++) {
    const value = values[index]!;
    // Written so that NaN fails as well.
    if (!(value >= before)) {
      throw new InvalidInputError(
        `${name} have to ascend from 0, but ${name}[${index}] is ${value} after ${before}.`,
      );
    }

    before = value;
  }
}
