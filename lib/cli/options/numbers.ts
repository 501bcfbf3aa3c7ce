import {InvalidArgumentError} from 'commander';

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
