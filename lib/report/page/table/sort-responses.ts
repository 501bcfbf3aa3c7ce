import type {ResponseView} from '../response-view.js';
import type {Column} from './columns.js';

/** What the table is sorted by. */
export interface Order {
  column: Column;
  descending: boolean;
}

const collator = new Intl.Collator('en', {numeric: true});

/** Sorts responses. Those without a value go last either way, and those with the same stay in their order. */
export function sortResponses(
  responses: readonly ResponseView[],
  {column, descending}: Order,
): ResponseView[] {
  const keyed = responses.map(response => ({response, value: column.value(response)}));
  const sign = descending ? -1 : 1;
  keyed.sort(({value: a}, {value: b}) => {
    if (a === null || b === null) {
      return Number(a === null) - Number(b === null);
    }

    return (
      sign * (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b)))
    );
  });
  return keyed.map(({response}) => response);
}
