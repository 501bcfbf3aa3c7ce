import {InvalidArgumentError} from 'commander';

/** Parses an option that takes a share or a probability, 0 … 1. */
export function share(text: string): number {
  const value = Number(text);
  if (!(/^[\d.]/u.test(text) && value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It has to be a number from 0 to 1.');
  }

  return value;
}
