import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {RunProgress} from '../../../lib/cli/run/progress.js';
import type {ProgressDisplay} from '../../../lib/cli/terminal/progress-display.js';
import type {ProgressState} from '../../../lib/cli/terminal/progress-line.js';
import type {Input} from '../../../lib/runs/input/open-input.js';

test('progress counts from where an earlier process stopped, its speed only what this one did', async t => {
  const states: ProgressState[] = [];
  const display = {show: (state: ProgressState) => states.push(state)} as unknown as ProgressDisplay;
  const input = {fraction: end => end / 100} as Input;
  const progress = new RunProgress(display, input, 7);
  progress.passed(40);
  t.deepEqual(states.at(-1), {label: 'finding the place', fraction: 0.4});
  progress.show(45, 10);
  const {since, ...state} = states.at(-1)!;
  t.deepEqual(state, {label: 'scoring', fraction: 0.45, from: 0.4, detail: '7 lines done'});
  t.true(since! <= performance.now());
  // Lines of other shards that come between.
  progress.passed(50);
  t.is(states.length, 2);
  await sleep(1100);
  progress.done(60, 6000);
  // However often the bar is taken off the screen meanwhile.
  t.is(states.at(-1)!.since, since);
  const [, rate] = /^8 lines done, ([\d,]+) tokens\/s$/u.exec(states.at(-1)!.detail!) ?? [];
  const speed = Number(rate?.replace(',', ''));
  t.true(speed > 1000 && speed < 6000, rate);
});
