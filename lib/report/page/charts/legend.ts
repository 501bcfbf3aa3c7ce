import {element} from '../element.js';

/** Makes the legend of a chart: a swatch and a name each, and a number where there is one. */
export function legend(
  entries: readonly {colour: string; name: string; value?: string; dashed?: boolean}[],
): HTMLElement {
  return element(
    'ul',
    {class: 'legend'},
    ...entries.map(({colour, name, value, dashed = false}) =>
      element(
        'li',
        {},
        element('i', {class: dashed ? 'dashed' : null, style: `color: ${colour}`}),
        name,
        ...(value === undefined ? [] : [element('b', {}, value)]),
      ),
    ),
  );
}
