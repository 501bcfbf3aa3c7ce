import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';

/**
 * Puts responses into the order of the input they come from, so that ties are broken the same way however they were
 * sorted since.
 *
 * @param scored - responses, either all with an `index` or none
 * @returns the responses by ascending `index`, or as they are
 * @throws {@link InvalidInputError} if only some have an index or two have the same
 */
export function inputOrder<T extends {index?: number | undefined}>(scored: readonly T[]): T[] {
  const ordered = scored.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
  for (const [place, {index}] of ordered.entries()) {
    const before = ordered[place - 1];
    if (before && (before.index === undefined) !== (index === undefined)) {
      throw new InvalidInputError('Either all responses have an index or none has, but here only some have.');
    }

    if (index !== undefined && before?.index === index) {
      throw new InvalidInputError(
        `Every response has to have an index of its own, but two have ${showValue(index)}. ` +
          'Leave index out to number them by their places in the list.',
      );
    }
  }

  return ordered;
}
