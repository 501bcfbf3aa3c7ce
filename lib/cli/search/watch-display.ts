import process from 'node:process';
import {Chalk, chalkStderr} from 'chalk';
import {createLogUpdate} from 'log-update';
import type {SearchEvent} from '../../search/search-types.js';
import type {Prompt} from '../../text/prompt.js';
import {type ProgressState, progressLine} from '../terminal/progress-line.js';
import {formatWatch} from './format-watch.js';
import type {SearchWatcher} from './search-line.js';

/** Between two pictures, in ms: many events come at once. */
const pause = 50;

/** Shows on stderr, which is a terminal, how the search for a problem's answer is going, above the progress of them all. */
export class WatchDisplay implements SearchWatcher {
  // A cursor that is hidden would stay so behind a process that is killed.
  readonly #update = createLogUpdate(process.stderr, {showCursor: true});
  readonly #look;
  #prompt: Prompt = '';
  #events: SearchEvent[] = [];
  #progress: ProgressState | undefined;
  #next: NodeJS.Timeout | undefined;

  /**
   * @param nat - the reward of one nat, which the colours go by
   * @param color - false for a user who wants none
   */
  constructor(nat: number, color: boolean) {
    this.#look = {nat, chalk: color && !process.env.NO_COLOR ? chalkStderr : new Chalk({level: 0})};
  }

  begin(prompt: Prompt): void {
    this.#prompt = prompt;
    this.#events = [];
    this.#draw();
  }

  show(event: SearchEvent): void {
    this.#events.push(event);
    this.#next ??= setTimeout(() => this.#draw(), pause);
  }

  /** Sets the last row. */
  showProgress(state: ProgressState): void {
    this.#progress = state;
  }

  /** Takes all of it off the screen. */
  clear(): void {
    clearTimeout(this.#next);
    this.#next = undefined;
    this.#update.clear();
  }

  #draw(): void {
    clearTimeout(this.#next);
    this.#next = undefined;
    // A terminal that does not know its size says 0. The last row and column are the cursor's.
    const width = (process.stderr.columns || 80) - 1;
    const height = (process.stderr.rows || 24) - 1;
    const progress = this.#progress;
    const last = progress
      ? [progressLine(progress, performance.now() - (progress.since ?? performance.now()), width)]
      : [];
    const layout = {...this.#look, width, height: height - last.length};
    this.#update([...formatWatch(this.#prompt, this.#events, layout), ...last].join('\n'));
  }
}
