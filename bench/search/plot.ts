import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';
import type {SearchMethod} from '../../lib/eval/search/types.js';
import type {Run} from './runs.js';
import {drawing, problemsOf} from './tables.js';

const ink = '#1f2328';
/** Of two titles, in per cent of right answers. */
const leastDistance = 2.2;

/** The lines of the plot: of which search, and how its answer is chosen. */
const lines = [
  {method: 'bestOfN', by: 'random', title: 'pass@1', colour: '#8c959f'},
  {method: 'bestOfN', by: 'majority', title: 'majority', colour: '#bf8700'},
  {method: 'bestOfN', by: 'weighted', title: 'weighted vote', colour: '#1a7f37'},
  {method: 'bestOfN', by: 'best', title: 'best of N', colour: '#0969da'},
  {method: 'beam', by: 'best', title: 'beam', colour: '#cf222e'},
  {method: 'dvts', by: 'best', title: 'DVTS', colour: '#8250df'},
  {method: 'mcts', by: 'best', title: 'MCTS', colour: '#bc4c00'},
] as const satisfies readonly {method: Run['method']; by: SearchMethod; title: string; colour: string}[];

/** Draws right answers against generated tokens as SVG, with intervals of 95 %; of several runs for an n the largest. */
export function plotSearches(runs: readonly Run[]): string {
  const largest = runs.filter(run => !runs.some(other => isLarger(other, run)));
  const points = lines.flatMap(({method, by, title}) =>
    largest
      .filter(run => run.method === method)
      .map(({n, tally}) => {
        const {accuracy, usage} = tally.evaluate(drawing);
        const {value, low, high} = accuracy![by];
        return {title, n, tokens: usage.generated, value: 100 * value, low: 100 * low, high: 100 * high};
      }),
  );
  const titles = spread(lines.map(({title}) => points.findLast(point => point.title === title)!));
  const svg = Plot.plot({
    document: parseHTML('<!doctype html><body></body>').document,
    width: 760,
    height: 420,
    marginRight: 110,
    style: {background: 'white', color: ink, fontFamily: 'system-ui, sans-serif', fontSize: '12px'},
    color: {domain: lines.map(({title}) => title), range: lines.map(({colour}) => colour)},
    x: {type: 'log', label: 'generated tokens a problem', grid: true, ticks: 5, tickFormat: ',d'},
    y: {label: 'right answers in %', grid: true, nice: true},
    marks: [
      Plot.ruleX(points, {x: 'tokens', y1: 'low', y2: 'high', stroke: 'title', strokeOpacity: 0.35}),
      Plot.line(points, {x: 'tokens', y: 'value', stroke: 'title', strokeWidth: 1.8}),
      Plot.dot(points, {x: 'tokens', y: 'value', fill: 'title', r: 3.5}),
      Plot.text(titles, {
        y: 'value',
        text: 'title',
        fill: 'title',
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 8,
      }),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}

function isLarger(one: Run, other: Run): boolean {
  return one.method === other.method && one.n === other.n && problemsOf(one) > problemsOf(other);
}

/** Titles at the height of their last points, the highest first, and none over another. */
function spread<Title extends {value: number}>(titles: readonly Title[]): Title[] {
  let above = Number.POSITIVE_INFINITY;
  return titles
    .toSorted((a, b) => b.value - a.value)
    .map(title => {
      above = Math.min(title.value, above - leastDistance);
      return {...title, value: above};
    });
}
