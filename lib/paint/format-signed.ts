import {formatNumber} from './numbers.js';

/** As {@link formatNumber}, with a plus sign for what is above 0. */
export function formatSigned(value: number, digits = 2): string {
  const text = formatNumber(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}
