import type {ScoredStep} from '../score/score-types.js';
import {signed} from './numbers.js';
import {colourReward} from './reward-colours.js';
import {rewardPlaces} from './reward-scale.js';
import type {TraceLayout} from './trace-layout.js';

// Wide enough for rewards down to -999.99, so that the responses of a run line up.
const rewardWidth = 7;
const widestBar = 5;
// In nats: the stronger of the colours that have no background.
const barStrength = 0.5;

/** The columns before the texts of a response's steps: mark and number, bar, reward, Q value, probability. */
export class StepColumns {
  /** All of them together. */
  readonly width: number;
  readonly #layout: TraceLayout;
  readonly #numberWidth: number;
  /** Of either side of the bar; 0 for no bar, where there is no room for one. */
  readonly #bar: number;

  /** @param steps - how many the response has */
  constructor(steps: number, layout: TraceLayout) {
    this.#layout = layout;
    this.#numberWidth = Math.max(2, String(steps).length);
    const others = '> '.length + this.#numberWidth + 2 * (1 + rewardWidth) + ' 0.000'.length;
    this.#bar = Math.max(0, Math.min(widestBar, Math.floor((layout.width - others - ' │'.length) / 2)));
    this.width = others + (this.#bar === 0 ? 0 : ' │'.length + 2 * this.#bar);
  }

  /** The row of their names. */
  header(): string {
    const names = ['reward', 'Q'].map(name => ` ${name.padStart(rewardWidth)}`).join('');
    return this.#layout.chalk.dim(`${names}     p`.padStart(this.width));
  }

  /**
   * The row of a step.
   *
   * @param number - which step it is, from 1
   * @param marked - whether it is the first under the threshold
   */
  row(
    {reward, q, probability}: Pick<ScoredStep, 'reward' | 'q' | 'probability'>,
    number: number,
    marked: boolean,
  ): string {
    const {chalk, nat} = this.#layout;
    const name = `${marked ? '>' : ' '} ${String(number).padStart(this.#numberWidth)}`;
    const [rewardText, qText] = [reward, q].map(value =>
      signed(value, rewardPlaces(nat)).padStart(rewardWidth),
    );
    const row = `${marked ? chalk.bold(name) : name}${this.#barOf(reward)} ${rewardText} ${qText}`;
    return `${row} ${probability.toFixed(3)}`;
  }

  #barOf(reward: number): string {
    const {chalk, nat, full} = this.#layout;
    if (this.#bar === 0) {
      return '';
    }

    // Of one strength, as its length tells the rest.
    const paint = (part: string) => colourReward(part, Math.sign(reward) * barStrength * nat, nat, chalk);
    const {left, right} = rewardBar(reward, full, this.#bar);
    return ` ${reward < 0 ? paint(left) : left}│${reward > 0 ? paint(right) : right}`;
  }
}

/**
 * Draws a reward as the two sides of a bar: below 0 it goes to the left, above to the right.
 *
 * @param reward - in units of reward
 * @param full - the size on from which the bar is full, above 0
 * @param columns - of either side
 * @returns both sides, filled up with spaces
 */
function rewardBar(reward: number, full: number, columns: number): {left: string; right: string} {
  const halves = Math.round(2 * columns * Math.min(1, Math.abs(reward) / full));
  const blocks = '█'.repeat(Math.floor(halves / 2));
  const half = halves % 2 === 1;
  const left = reward < 0 ? `${half ? '▐' : ''}${blocks}` : '';
  const right = reward > 0 ? `${blocks}${half ? '▌' : ''}` : '';
  return {left: left.padStart(columns), right: right.padEnd(columns)};
}
