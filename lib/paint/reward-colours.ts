import type {BackgroundColorName, ChalkInstance, ForegroundColorName} from 'chalk';

/** Puts a text into the colours of one strength. */
export type Paint = (chalk: ChalkInstance) => ChalkInstance;

/** The colours of rewards on either side of 0, from the weakest to the strongest. */
interface Palette {
  above: readonly Paint[];
  below: readonly Paint[];
}

const hex =
  (text: string, background?: string): Paint =>
  chalk =>
    background ? chalk.hex(text).bgHex(background) : chalk.hex(text);
const ansi256 =
  (text: number, background?: number): Paint =>
  chalk =>
    background ? chalk.ansi256(text).bgAnsi256(background) : chalk.ansi256(text);
const named =
  (text: ForegroundColorName, background?: BackgroundColorName): Paint =>
  chalk =>
    background ? chalk[text][background] : chalk[text];

/**
 * Diverging palettes by `chalk.level`: 16 colours, 256, and all of them. Blue and orange are told apart in every kind of
 * colour blindness. Nobody knows whether a terminal is dark or light: weak colours are text of a medium lightness, which
 * stands off both, and only strong ones have a background, so that on both the strong ones are what the eye sees first.
 */
const rewardPalettes: Readonly<Record<1 | 2 | 3, Palette>> = {
  1: {
    above: [named('cyan'), named('blue'), named('white', 'bgBlue'), named('black', 'bgCyan')],
    below: [named('yellow'), named('red'), named('white', 'bgRed'), named('black', 'bgYellow')],
  },
  2: {
    above: [ansi256(67), ansi256(33), ansi256(231, 25), ansi256(16, 33)],
    below: [ansi256(137), ansi256(166), ansi256(231, 94), ansi256(16, 208)],
  },
  3: {
    above: [hex('#5f7ca8'), hex('#3a78d8'), hex('#ffffff', '#1c4f9e'), hex('#000000', '#2f80ff')],
    below: [hex('#93754c'), hex('#b8660a'), hex('#ffffff', '#8a4a10'), hex('#000000', '#e66101')],
  },
};

/** From how many nats on a reward has the next stronger colour, on either side of 0. */
export const colourBounds = [0.1, 0.5, 1, 2] as const;

/**
 * Colours a text by a reward: blue above 0 and orange below, the stronger the further from it, and as it is near 0.
 *
 * @param text - without line feeds
 * @param reward - in units of reward
 * @param nat - the reward of one nat, above 0, which the colours go by
 * @param chalk - the colours of the terminal
 */
export function colourReward(text: string, reward: number, nat: number, chalk: ChalkInstance): string {
  const strength = colourBounds.filter(bound => Math.abs(reward) >= bound * nat).length;
  if (chalk.level === 0 || strength === 0) {
    return text;
  }

  const {above, below} = rewardPalettes[chalk.level];
  return (reward > 0 ? above : below)[strength - 1]!(chalk)(text);
}
