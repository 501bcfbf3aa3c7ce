import type {SequenceLogprobs} from '../../lib/index.js';

export type Rows = Pick<SequenceLogprobs, 'policy' | 'reference'>;

/** The greatest distance between two log-probabilities of the same token, in nats. */
export function greatestDifference(a: Rows, b: Rows): number {
  let greatest = 0;
  for (const model of ['policy', 'reference'] as const) {
    for (const [index, row] of (a[model] ?? []).entries()) {
      for (const [position, value] of row.entries()) {
        greatest = Math.max(greatest, Math.abs(value - b[model]![index]![position]!));
      }
    }
  }

  return greatest;
}
