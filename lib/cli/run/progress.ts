import type {Input} from '../../runs/input/open-input.js';
import type {ProgressDisplay} from '../terminal/progress-display.js';
import {counted} from '../terminal/quantities.js';

/** How the scoring, or whatever it is, of lines is going: how far, how many lines, how fast. */
export class RunProgress {
  readonly #display: Pick<ProgressDisplay, 'show' | 'clear'> | undefined;
  readonly #input: Input;
  readonly #noun: string;
  readonly #label: string;
  #lines: number;
  /** Of the lines that are done; those of both models count. */
  #tokens = 0;
  #from = 0;
  #began: number | undefined;

  /**
   * @param display - nothing for no progress
   * @param lines - those that an earlier process did
   * @param noun - what a line is
   * @param label - what is done with it
   */
  constructor(
    display: Pick<ProgressDisplay, 'show' | 'clear'> | undefined,
    input: Input,
    lines: number,
    noun = 'line',
    label = 'scoring',
  ) {
    this.#display = display;
    this.#input = input;
    this.#noun = noun;
    this.#label = label;
    this.#lines = lines;
  }

  /** Lines up to a place in the input are not to be scored. */
  passed(end: number): void {
    if (this.#began === undefined) {
      this.#from = this.#input.fraction(end) ?? 0;
      this.#display?.show({label: 'finding the place', fraction: this.#input.fraction(end)});
    }
  }

  /** A line has been scored in part. */
  show(end: number, tokens: number): void {
    this.#began ??= performance.now();
    const seconds = (performance.now() - this.#began) / 1000;
    // What a second holds says little.
    const rate = seconds < 1 ? '' : `, ${speed((this.#tokens + tokens) / seconds)} tokens/s`;
    this.#display?.show({
      label: this.#label,
      fraction: this.#input.fraction(end),
      from: this.#from,
      since: this.#began,
      detail: `${counted(this.#lines, this.#noun)} done${rate}`,
    });
  }

  /** A line has been scored. */
  done(end: number, tokens: number): void {
    this.#lines++;
    this.#tokens += tokens;
    this.show(end, 0);
  }

  /** Takes the progress off the screen, for a message. */
  clear(): void {
    this.#display?.clear();
  }
}

function speed(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en');
}
