import {correlation} from './correlation.js';

/** Spearman's rank correlation, −1 … 1. Equal values share the mean of their ranks. */
export function rankCorrelation(left: readonly number[], right: readonly number[]): number {
  return correlation(ranks(left), ranks(right));
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const result = new Array<number>(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) {
      end++;
    }

    for (const index of order.slice(start, end)) {
      result[index] = (start + end - 1) / 2;
    }
  }

  return result;
}
