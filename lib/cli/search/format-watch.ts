import {formatPrompt} from '../../paint/format-prompt.js';
import {wrapLine} from '../../paint/format-text.js';
import {signed} from '../../paint/numbers.js';
import {colourReward} from '../../paint/reward-colours.js';
import {rewardPlaces} from '../../paint/reward-scale.js';
import type {TraceLayout} from '../../paint/trace-layout.js';
import type {SearchEvent} from '../../search/search-types.js';
import type {Prompt} from '../../text/prompt.js';
import {printable} from '../../utils/printable.js';
import {isDropped, type WatchedCandidate, watchedCandidates} from './watched-candidates.js';

/** The terminal, and how rewards are coloured. */
export type WatchLayout = Pick<TraceLayout, 'chalk' | 'width' | 'nat'> & {
  /** The rows that there are. */
  height: number;
};

const marks = {open: '·', finished: '∎', pruned: '✗', cut: '✗'} as const;
/** Of a number: a space, and rewards down to -999.99. */
const cellWidth = 8;
const leastText = 12;

/**
 * Lays out a search under way: the problem, what it has come to, and a row for each response as far as it is written, the
 * best first. A row has the score, how often the response was generated, the rewards of its steps and the last of them.
 * Those that were dropped are dim and last, and the first to be left out where there is no room.
 *
 * @param events - all of the search so far
 * @returns rows, none wider than the terminal and no more than it has
 */
export function formatWatch(prompt: Prompt, events: readonly SearchEvent[], layout: WatchLayout): string[] {
  const {chalk, width, height} = layout;
  const candidates = watchedCandidates(events);
  const head = [
    problemRow(prompt, layout),
    cut(summary(candidates, events), width),
    chalk.dim(wrapLine('score        n  rewards of its steps, the last step', width)[0]!),
  ];
  const room = Math.max(0, height - head.length);
  const fits = candidates.length <= room;
  const shown = candidates.slice(0, fits ? room : Math.max(0, room - 1));
  const rows = candidateRows(shown, layout);
  const rest = fits ? [] : [chalk.dim(cut(`and ${candidates.length - shown.length} more`, width))];
  return [...head, ...rows, ...rest].slice(0, height);
}

function problemRow(prompt: Prompt, {chalk, width}: WatchLayout): string {
  // The last message is the one to be answered.
  const question = Array.isArray(prompt) ? prompt.slice(-1) : prompt;
  return formatPrompt(question, {chalk, width}).split('\n')[0]!;
}

function summary(candidates: readonly WatchedCandidate[], events: readonly SearchEvent[]): string {
  const {generated} = events.findLast(one => one.type === 'expanded')?.usage ?? {generated: 0};
  const finished = candidates.filter(({state}) => state === 'finished').length;
  const dropped = candidates.filter(isDropped).length;
  const live = candidates.length - finished - dropped;
  const tokens = `${generated.toLocaleString('en')} tokens generated`;
  return `${tokens}; ${marks.open} ${live} under way, ${marks.finished} ${finished} finished, ${marks.pruned} ${dropped} dropped`;
}

function candidateRows(candidates: readonly WatchedCandidate[], layout: WatchLayout): string[] {
  const {chalk, width, nat} = layout;
  const score = (value: number) => signed(value, rewardPlaces(nat)).padStart(cellWidth);
  const before = 1 + cellWidth + ' 4096×'.length;
  // The rewards get half of what is left.
  const cells = Math.max(1, Math.floor((width - before) / 2 / cellWidth));
  const columns = Math.min(cells, Math.max(0, ...candidates.map(({rewards}) => rewards.length)));
  const textWidth = width - before - columns * cellWidth - 2;
  return candidates.map(candidate => {
    const dropped = isDropped(candidate);
    const start = `${marks[candidate.state]}${score(candidate.score)}${`${candidate.count}×`.padStart(6)}`;
    const rewards = lastCells(candidate.rewards, columns).map(reward =>
      reward === null
        ? '…'.padStart(cellWidth)
        : dropped
          ? score(reward)
          : colourReward(score(reward), reward, nat, chalk),
    );
    const numbers = start + rewards.join('') + ' '.repeat(cellWidth * (columns - rewards.length));
    const row = textWidth < leastText ? numbers : `${numbers}  ${cut(candidate.text, textWidth)}`;
    const whole = wrapLine(row.trimEnd(), width)[0]!;
    return dropped ? chalk.dim(whole) : whole;
  });
}

/** The last rewards that there is room for; `null` stands for those before them. */
function lastCells(rewards: readonly number[], columns: number): (number | null)[] {
  return rewards.length <= columns ? [...rewards] : [null, ...rewards.slice(rewards.length - columns + 1)];
}

/** The first row of a text that may come from anywhere. */
function cut(text: string, width: number): string {
  // A step may be long, and a picture is drawn often.
  const line = printable(text.slice(0, 8 * width).replaceAll(/\s+/gu, ' '));
  const [first, ...others] = wrapLine(line, width);
  return others.length === 0 ? first! : `${wrapLine(line, width - 1)[0]!}…`;
}
