import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';
import type {Experiment} from './plan.js';
import type {Outcome} from './run.js';
import {estimate, shown} from './table.js';

const ink = '#1f2328';
const colours = {reward: '#0969da', control: '#8c959f'};

/** Draws one question's answers as SVG: a panel for each measure, a row for each training, intervals of 95 %. */
export function plotAnswers(answers: readonly {experiment: Experiment; outcome: Outcome}[]): string {
  const rows = answers.flatMap(({experiment, outcome}) =>
    shown.map(({measure, title}) => ({
      label: experiment.label,
      measure: title,
      control: 100 * estimate(outcome, measure, 'control').value,
      ...percent(estimate(outcome, measure, 'reward')),
    })),
  );
  const svg = Plot.plot({
    document: parseHTML('<!doctype html><body></body>').document,
    width: 900,
    height: 80 + 26 * answers.length,
    marginLeft: 100,
    marginTop: 36,
    marginBottom: 36,
    style: {background: 'white', color: ink, fontFamily: 'system-ui, sans-serif', fontSize: '12px'},
    fx: {domain: shown.map(({title}) => title), label: null, padding: 0.12},
    x: {grid: true, ticks: 4, label: '%'},
    y: {label: null, domain: answers.map(({experiment}) => experiment.label)},
    marks: [
      Plot.tickX(rows, {fx: 'measure', y: 'label', x: 'control', stroke: colours.control, strokeWidth: 2}),
      Plot.ruleY(rows, {fx: 'measure', y: 'label', x1: 'low', x2: 'high', stroke: colours.reward}),
      Plot.dot(rows, {fx: 'measure', y: 'label', x: 'value', fill: colours.reward, r: 4}),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}

function percent({value, low, high}: {value: number; low: number; high: number}) {
  return {value: 100 * value, low: 100 * low, high: 100 * high};
}
