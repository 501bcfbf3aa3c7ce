import test from 'ava';
import {RunProgress} from '../../../lib/cli/run/progress.js';
import type {ProgressDisplay} from '../../../lib/cli/terminal/progress-display.js';
import type {ProgressState} from '../../../lib/cli/terminal/progress-line.js';
import type {Input} from '../../../lib/runs/input/open-input.js';

test.serial(
  'progress counts from where an earlier process stopped, its speed only what this one did',
  async t => {
    const {now} = performance;
    let elapsed = 5000;
    performance.now = () => elapsed;
    t.teardown(() => {
      performance.now = now;
    });
    const states: ProgressState[] = [];
    const display = {show: (state: ProgressState) => states.push(state)} as unknown as ProgressDisplay;
    const input = {fraction: end => end / 100} as Input;
    const progress = new RunProgress(display, input, 7);
    progress.passed(40);
    t.deepEqual(states.at(-1), {label: 'finding the place', fraction: 0.4});
    progress.show(45, 10);
    const {since, ...state} = states.at(-1)!;
    t.deepEqual(state, {label: 'scoring', fraction: 0.45, from: 0.4, detail: '7 lines done'});
    t.is(since, 5000);
    // Lines of other shards that come between.
    progress.passed(50);
    t.is(states.length, 2);
    elapsed += 1200;
    progress.done(60, 6000);
    // However often the bar is taken off the screen meanwhile.
    t.is(states.at(-1)!.since, since);
    t.is(states.at(-1)!.detail, '8 lines done, 5,000 tokens/s');
  },
);
