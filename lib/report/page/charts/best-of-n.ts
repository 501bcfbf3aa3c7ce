import * as Plot from '@observablehq/plot';
import type {BestOfNMethod} from '../../../eval/best-of-n/types.js';
import {formatCount} from '../../../paint/numbers.js';
import type {BestOfNData} from '../../data/types.js';
import {chart, legend} from './chart.js';

interface Series {
  method: BestOfNMethod;
  name: string;
  colour: string;
  dashed: boolean;
}

interface Point extends Series {
  n: number;
  value: number;
  low: number;
  high: number;
}

const series: Series[] = [
  {method: 'anyOfFirstN', name: 'any', colour: 'var(--neutral)', dashed: true},
  {method: 'min', name: 'min reward', colour: 'var(--right)', dashed: false},
  {method: 'weightedByMin', name: 'σ vote', colour: 'var(--right)', dashed: true},
  {method: 'majority', name: 'majority', colour: 'var(--wrong)', dashed: false},
  {method: 'random', name: 'random', colour: 'var(--neutral)', dashed: false},
];

/** Draws how often the right answer is chosen from the first N candidates. */
export function bestOfNChart({problems, counts, accuracy}: BestOfNData): HTMLElement {
  const points = series.flatMap(one => accuracy[one.method]!.map((point): Point => ({...one, ...point})));
  const banded = points.filter(({method}) => method === 'min' || method === 'majority');
  return chart({
    title: 'Best of N',
    subtitle: `% of ${formatCount(problems, 'prompt')} answered right; below for N = ${counts.at(-1)}`,
    caption: legend(
      series.map(({method, ...one}) => ({...one, value: (100 * accuracy[method]!.at(-1)!.value).toFixed(1)})),
    ),
    label: `Share of ${formatCount(problems, 'prompt')} answered right, by method and N`,
    height: 150,
    options: () => ({
      x: {type: 'log', base: 2, ticks: counts, tickFormat: String, label: null},
      y: {label: null, percent: true, ticks: 5, grid: true},
      marks: [
        Plot.areaY(banded, {x: 'n', y1: 'low', y2: 'high', z: 'method', fill: 'colour', fillOpacity: 0.12}),
        ...[false, true].map(isDashed =>
          Plot.line(
            points.filter(({dashed}) => dashed === isDashed),
            {
              x: 'n',
              y: 'value',
              z: 'method',
              stroke: 'colour',
              strokeWidth: 1.6,
              strokeDasharray: isDashed ? '4 3' : 'none',
            },
          ),
        ),
        Plot.dot(points, {x: 'n', y: 'value', fill: 'colour', r: 1.8}),
        Plot.tip(points, Plot.pointer({x: 'n', y: 'value', title: tipText, maxRadius: 30})),
      ],
    }),
  });
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}

function tipText({name, n, value, low, high}: Point): string {
  return `${name}, N = ${n}\n${percent(value)} right (${percent(low)} to ${percent(high)})`;
}
