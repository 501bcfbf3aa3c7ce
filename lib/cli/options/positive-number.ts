import {InvalidArgumentError} from 'commander';

/** Parses an option that takes a number above 0, such as `0.05` or `1e-3`. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(/^[\d.]/u.test(text) && Number.isFinite(value) && value > 0)) {
    throw new InvalidArgumentError('It has to be a number above 0.');
  }

  return value;
}
