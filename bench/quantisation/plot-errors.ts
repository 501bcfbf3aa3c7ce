import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';
import type {Study} from './study.js';

const ink = '#1f2328';
const colours = {'one type': '#0969da', 'two types': '#bc4c00'};
const decades = [0.001, 0.01, 0.1, 1, 10];

/** Draws the errors of step rewards, a row for each pair, as SVG. It brings its own ground, so that it suits any page. */
export function plotErrors({results}: Study): string {
  const rows = results
    .filter(({stepError}) => stepError.mean > 0)
    .map(({policy, reference, stepError}) => ({
      name: `${policy} / ${reference}`,
      kind: policy === reference ? 'one type' : 'two types',
      ...stepError,
    }))
    .sort((a, b) => a.mean - b.mean);
  const svg = Plot.plot({
    document: parseHTML('<!doctype html><body></body>').document,
    width: 760,
    height: 90 + 20 * rows.length,
    marginLeft: 110,
    marginRight: 30,
    marginTop: 50,
    marginBottom: 40,
    style: {background: 'white', color: ink, fontFamily: 'system-ui, sans-serif', fontSize: '12px'},
    x: {
      type: 'log',
      grid: true,
      ticks: decades,
      tickFormat: String,
      label: 'error of a step reward: mean, line up to 99 % of steps, tick at the greatest →',
    },
    y: {label: 'policy / reference', labelAnchor: 'top', domain: rows.map(({name}) => name)},
    color: {domain: Object.keys(colours), range: Object.values(colours)},
    marks: [
      Plot.ruleY(rows, {y: 'name', x1: 'mean', x2: 'percentile99', stroke: 'kind', strokeWidth: 2}),
      Plot.tickX(rows, {y: 'name', x: 'greatest', stroke: 'kind', inset: 4}),
      Plot.dot(rows, {y: 'name', x: 'mean', fill: 'kind', r: 4}),
      ...Object.keys(colours).map((kind, place) =>
        Plot.text([`● ${kind}`], {
          fill: () => kind,
          frameAnchor: 'top-right',
          dx: -90 * place,
          dy: -24,
          fontSize: 12,
        }),
      ),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}
