import type {ChalkInstance} from 'chalk';

// Told apart in every kind of colour blindness; the sign is printed as well. Terminals of 16 colours show bright blue
// and yellow.
const blue = {strong: '#4078ff', weak: '#6eaaf0'};
const orange = {strong: '#eb8200', weak: '#dcaa64'};

/**
 * Colours a reward by its sign, blue above and orange below 0, and by its size: strong from 1 on, pale under 0.1.
 *
 * @param text - the reward as it is to be printed
 * @param reward - its value
 * @param chalk - the colours of the terminal
 */
export function colourReward(text: string, reward: number, chalk: ChalkInstance): string {
  const size = Math.abs(reward);
  if (size < 0.1) {
    return chalk.dim(text);
  }

  const colour = reward > 0 ? blue : orange;
  return size < 1 ? chalk.hex(colour.weak)(text) : chalk.bold.hex(colour.strong)(text);
}
