import {InvalidArgumentError} from 'commander';

/** Parses an option that takes a number above 0, such as `0.05` or `1e-3`. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(/^[\d.]/u.test(text) && Number.isFinite(value) && value > 0)) {
    throw new InvalidArgumentError('It has to be a number above 0.');
  }

  return value;
}

/** Parses an option that takes a number from 0 up. */
export function numberFromZero(text: string): number {
  return Number(text) === 0 && /^[\d.]/u.test(text) ? 0 : positiveNumber(text);
}

/**
 * Makes a parser for an option that takes a whole number.
 *
 * @param least - the lowest number allowed
 * @param most - the highest
 */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return text => {
    const value = Number(text);
    if (!/^\d+$/u.test(text) || value < least || value > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`It has to be a whole number ${range}.`);
    }

    return value;
  };
}

/** Parses an option that takes a share or a probability, 0 … 1. */
export function share(text: string): number {
  const value = Number(text);
  if (!(/^[\d.]/u.test(text) && value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It has to be a number from 0 to 1.');
  }

  return value;
}
