import * as Plot from '@observablehq/plot';
import {element} from '../element.js';

/** What {@link chart} draws. */
export interface Chart {
  title: string;
  /** What the axes are, on the line of the title. */
  subtitle: string;
  /** Its legend. */
  caption: Node;
  /** What it shows, for those who do not see it. */
  label: string;
  height: number;
  /** Makes the plot for a width. */
  options(width: number): Plot.PlotOptions;
  /** Called with the datum that was clicked, if one is pointed at. */
  onClick?: (datum: unknown) => void;
}

const margins = {marginLeft: 36, marginRight: 10, marginTop: 8, marginBottom: 28};

/** Makes a figure that draws itself anew when its width changes. */
export function chart({title, subtitle, caption, label, height, options, onClick}: Chart): HTMLElement {
  const frame = element('div', {class: 'plot', style: `height: ${height}px`});
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry!.contentRect.width);
    if (width > 0 && width !== drawn) {
      drawn = width;
      const plot = Plot.plot({
        ...margins,
        width,
        height,
        ariaLabel: label,
        style: {background: 'none'},
        ...options(width),
      });
      plot.setAttribute('role', 'img');
      // What is in an image has no name of its own.
      for (const part of plot.querySelectorAll('[aria-label]')) {
        part.removeAttribute('aria-label');
      }

      if (onClick) {
        plot.addEventListener('click', () => onClick(plot.value));
      }

      frame.replaceChildren(plot);
    }
  }).observe(frame);
  return element(
    'figure',
    {class: 'chart'},
    element('figcaption', {}, element('h2', {}, title), element('span', {class: 'muted'}, subtitle), caption),
    frame,
  );
}

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
