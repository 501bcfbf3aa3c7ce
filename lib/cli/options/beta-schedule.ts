import {Option} from 'commander';

/** Makes the option that chooses how β changes over a response. */
export function betaScheduleOption(): Option {
  return new Option('--beta-schedule <schedule>', 'how β changes; constant if left out').choices([
    'constant',
    'reciprocal',
    'exponential',
    'length-normalised',
  ]);
}
