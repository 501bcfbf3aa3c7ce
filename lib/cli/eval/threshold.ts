import {InvalidArgumentError} from 'commander';

/** Parses `--threshold`: `auto`, or a probability. */
export function evalThreshold(text: string): number | 'auto' {
  if (text === 'auto') {
    return text;
  }

  const value = Number(text);
  if (!(/^[\d.]/u.test(text) && value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It has to be auto or a number from 0 to 1.');
  }

  return value;
}
