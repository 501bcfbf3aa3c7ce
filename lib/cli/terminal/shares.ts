import type {ChalkInstance} from 'chalk';
import type {Estimate} from '../../eval/bootstrap.js';

/**
 * Renders a share as a percentage without its sign, such as `66.4`; 100 has no place after the point.
 *
 * @param share - −1 … 1
 * @param places - after the point
 */
export function percent(share: number, places = 1): string {
  const text = (100 * share).toFixed(places);
  if (Number(text) === 0) {
    return (0).toFixed(places);
  }

  return Math.abs(Number(text)) === 100 ? String(Number(text)) : text;
}

/**
 * Renders a share with its interval as a cell of a table, such as `66.4 61–72`.
 *
 * @param width - to fill up to with spaces
 */
export function estimateCell({value, low, high}: Estimate, width: number, chalk: ChalkInstance): string {
  const interval = `${percent(low, 0)}–${percent(high, 0)}`.replace(/–-/u, '–−').replace(/^-/u, '−');
  const number = percent(value).replace('-', '−').padStart(4);
  return `${number} ${chalk.dim(interval)}${' '.repeat(Math.max(0, width - number.length - 1 - interval.length))}`;
}
