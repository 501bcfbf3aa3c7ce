import process from 'node:process';
import {SingleBar} from 'cli-progress';
import {type ProgressState, progressLine} from './progress-line.js';

/** A progress bar on the last line of stderr, if that is a terminal. */
export class ProgressDisplay {
  readonly #enabled: boolean;
  #bar: SingleBar | undefined;
  #state: ProgressState | undefined;

  /** @param wanted - false for a user who wants none */
  constructor(wanted: boolean) {
    this.#enabled = wanted && process.stderr.isTTY === true;
  }

  /** Shows a state; a new bar begins with every new label. */
  show(state: ProgressState): void {
    if (!this.#enabled) {
      return;
    }

    if (state.label !== this.#state?.label) {
      this.clear();
    }

    this.#state = state;
    this.#bar ??= this.#start();
    this.#bar.update(state.fraction ?? 0);
  }

  /** Takes the bar off the screen. */
  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#state = undefined;
  }

  #start(): SingleBar {
    const began = performance.now();
    const bar = new SingleBar({
      clearOnComplete: true,
      // Cutting lines is left to cli-progress: switching the terminal's wrapping off would outlive a killed process.
      linewrap: true,
      format: (_options, {maxWidth}) =>
        this.#state
          ? progressLine(this.#state, performance.now() - (this.#state.since ?? began), maxWidth - 1)
          : '',
    });
    bar.start(1, 0);
    return bar;
  }
}
