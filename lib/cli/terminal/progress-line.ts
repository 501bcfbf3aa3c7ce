import {printable} from '../../utils/printable.js';

/** What a progress bar shows. */
export interface ProgressState {
  /** What is going on, such as `loading`. */
  label: string;
  /** 0 … 1; `null` if nobody knows how much there is to do. */
  fraction: number | null;
  /** Where it began, 0 if left out: what was done before takes no time. */
  from?: number;
  /** When that was, as `performance.now()` has it; when the bar began if left out. */
  since?: number;
  /** How far it is, in words. */
  detail?: string;
}

const widestBar = 24;
const narrowestBar = 6;

/**
 * Lays out a progress bar: `scoring [======------] 50 %, 12 lines, about 3 s left`. What is not known is not shown: no
 * bar without a total, no time left before there is something to estimate it from.
 *
 * @param state - what to show
 * @param elapsed - since the beginning, in ms
 * @param width - the columns of the terminal
 * @returns one line, at most as wide as the terminal
 */
export function progressLine(
  {label, fraction, from = 0, detail}: ProgressState,
  elapsed: number,
  width: number,
): string {
  const start = `${printable(label)} `;
  const words = [
    fraction === null ? '' : `${Math.floor(fraction * 100)} %`,
    detail ?? '',
    fraction === null ? '' : timeLeft(fraction, from, elapsed),
  ];
  const end = words.filter(Boolean).join(', ');
  const middle = fraction === null ? '' : bar(fraction, width - start.length - end.length - '[] '.length);
  return [...(start + middle + end)].slice(0, width).join('');
}

function bar(fraction: number, space: number): string {
  const width = Math.min(widestBar, space);
  if (width < narrowestBar) {
    return '';
  }

  const done = Math.floor(fraction * width);
  return `[${'='.repeat(done)}${'-'.repeat(width - done)}] `;
}

function timeLeft(fraction: number, from: number, elapsed: number): string {
  if (fraction - from < Math.min(0.01, (1 - from) / 100) || fraction === 1 || elapsed < 3000) {
    return '';
  }

  const seconds = Math.ceil((elapsed * (1 - fraction)) / (fraction - from) / 1000);
  if (seconds < 100) {
    return `about ${seconds} s left`;
  }

  return seconds < 6000
    ? `about ${Math.round(seconds / 60)} min left`
    : `about ${Math.round(seconds / 3600)} h left`;
}
