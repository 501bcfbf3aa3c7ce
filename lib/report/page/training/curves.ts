import * as Plot from '@observablehq/plot';
import type {TrainingReportData} from '../../data/training-types.js';
import {chart, legend} from '../charts/chart.js';

type Step = TrainingReportData['history']['steps'][number];
type Metric = 'loss' | 'accuracy' | 'meanRewardRight' | 'meanRewardWrong' | 'gradientNorm';

/** A line of a chart: the mean over neighbouring steps, and dots for what was held out. */
interface Curve {
  metric: Metric;
  name: string;
  colour: string;
}

interface CurveChart {
  title: string;
  subtitle: string;
  curves: readonly Curve[];
  percent?: boolean;
}

const charts: readonly CurveChart[] = [
  {
    title: 'Loss',
    subtitle: 'of training, and held out (dots)',
    curves: [{metric: 'loss', name: 'loss', colour: 'var(--right)'}],
  },
  {
    title: 'Right',
    subtitle: '% of rewards on the right side',
    curves: [{metric: 'accuracy', name: 'accuracy', colour: 'var(--right)'}],
    percent: true,
  },
  {
    title: 'Rewards',
    subtitle: 'mean R of right and of wrong responses',
    curves: [
      {metric: 'meanRewardRight', name: 'right', colour: 'var(--right)'},
      {metric: 'meanRewardWrong', name: 'wrong', colour: 'var(--wrong)'},
    ],
  },
  {
    title: 'Gradient',
    subtitle: 'its norm before clipping',
    curves: [{metric: 'gradientNorm', name: 'norm', colour: 'var(--neutral)'}],
  },
];

/** Draws how a training went; charts that have nothing to show are left out. */
export function trainingCurves({history, bestStep}: TrainingReportData): HTMLElement[] {
  return charts
    .filter(({curves}) => curves.some(({metric}) => history.steps.some(step => step[metric] !== null)))
    .map(one => curveChart(one, history, bestStep));
}

interface Point {
  step: number;
  value: number;
  name: string;
  colour: string;
}

function curveChart(
  {title, subtitle, curves, percent = false}: CurveChart,
  {steps, validations}: TrainingReportData['history'],
  bestStep: number,
): HTMLElement {
  const raw = curves.flatMap(curve => pointsOf(curve, steps));
  const smooth = curves.flatMap(curve => smoothed(pointsOf(curve, steps)));
  const heldOut = curves.flatMap(curve => pointsOf(curve, validations as readonly Partial<Step>[]));
  return chart({
    title,
    subtitle,
    caption: legend(curves.map(({name, colour}) => ({name, colour, value: lastOf(smooth, name, percent)}))),
    label: `${title} over ${steps.length} steps`,
    height: 170,
    options: () => ({
      x: {label: 'step', domain: [0, Math.max(1, steps.length)]},
      y: {label: null, percent, ticks: 5, grid: true, nice: true},
      marks: [
        Plot.ruleX([bestStep], {stroke: 'var(--axis)', strokeDasharray: '3 3'}),
        Plot.line(raw, {x: 'step', y: 'value', z: 'name', stroke: 'colour', strokeOpacity: 0.25}),
        Plot.line(smooth, {x: 'step', y: 'value', z: 'name', stroke: 'colour', strokeWidth: 1.6}),
        Plot.dot(heldOut, {x: 'step', y: 'value', fill: 'colour', r: 3, stroke: 'var(--page)'}),
        Plot.tip([...raw, ...heldOut], Plot.pointer({x: 'step', y: 'value', title: tipText, maxRadius: 30})),
      ],
    }),
  });
}

function pointsOf({metric, name, colour}: Curve, steps: readonly Partial<Step>[]): Point[] {
  return steps.flatMap(step => {
    const value = step[metric];
    return value === null || value === undefined ? [] : [{step: step.step!, value, name, colour}];
  });
}

/** The mean over a window of a twentieth of all steps. */
function smoothed(points: readonly Point[]): Point[] {
  const half = Math.floor(points.length / 40);
  return points.map((point, index) => {
    const window = points.slice(Math.max(0, index - half), index + half + 1);
    return {...point, value: window.reduce((sum, {value}) => sum + value, 0) / window.length};
  });
}

function lastOf(points: readonly Point[], name: string, percent: boolean): string {
  const value = points.findLast(point => point.name === name)?.value;
  if (value === undefined) {
    return '';
  }

  return percent ? (100 * value).toFixed(1) : Number(value.toPrecision(3)).toString();
}

function tipText({name, step, value}: Point): string {
  return `${name}, step ${step}: ${Number(value.toPrecision(4))}`;
}
