import * as Plot from '@observablehq/plot';
import {formatCount, formatNumber} from '../../../paint/numbers.js';
import {verdictColours} from '../colours.js';
import type {ResponseView, Verdict} from '../response-view.js';
import {chart, legend} from './chart.js';

interface Point {
  response: ResponseView;
  step: number;
  q: number;
}

/** Draws Q over the steps of all candidates of a prompt. */
export function qChart(
  candidates: readonly ResponseView[],
  selected: ResponseView,
  select: (index: number) => void,
): HTMLElement {
  const points = candidates.flatMap(pointsOf);
  const own = pointsOf(selected);
  const steps = points.reduce((most, {step}) => Math.max(most, step), 1);
  const verdicts = (['right', 'wrong', 'unlabelled'] as const).filter(verdict =>
    candidates.some(candidate => candidate !== selected && candidate.verdict === verdict),
  );
  const colour = ({response}: Point) => verdictColours[response.verdict];
  return chart({
    title: 'Q over steps',
    subtitle: `of ${formatCount(candidates.length, 'candidate')}`,
    caption: legend([
      {colour: 'currentColor', name: `candidate ${selected.candidate}`},
      ...verdicts.map(entry),
    ]),
    label: `Q values of ${candidates.length} candidates over their steps`,
    height: 150,
    onClick: datum => datum && select((datum as Point).response.index),
    options: width => ({
      x: {
        domain: [0, steps],
        ticks: Math.min(steps, Math.floor(width / 40)),
        tickFormat: value => (Number.isInteger(value) ? String(value) : ''),
        label: 'step',
      },
      y: {ticks: 5, label: null, grid: true},
      marks: [
        Plot.ruleY([0], {stroke: 'var(--axis)'}),
        Plot.line(points, {
          x: 'step',
          y: 'q',
          z: ({response}: Point) => response.index,
          stroke: colour,
          strokeWidth: 1.2,
          strokeOpacity: candidates.length > 40 ? 0.35 : 0.65,
        }),
        Plot.line(own, {x: 'step', y: 'q', stroke: 'currentColor', strokeWidth: 2.2}),
        Plot.dot(own, {x: 'step', y: 'q', r: 2.6, fill: 'currentColor'}),
        Plot.tip(points, Plot.pointer({x: 'step', y: 'q', title: tipText, maxRadius: 30})),
      ],
    }),
  });
}

function pointsOf(response: ResponseView): Point[] {
  const qs = [0, ...response.steps.qs];
  return qs.map((q, step) => ({response, step, q}));
}

function entry(verdict: Verdict): {colour: string; name: string} {
  return {colour: verdictColours[verdict], name: verdict === 'unlabelled' ? 'others' : verdict};
}

function tipText({response, step, q}: Point): string {
  const answer =
    response.answer === null
      ? ''
      : `\nanswer ${response.answer.slice(0, 40)} ${response.correct === null ? '' : response.verdict}`;
  return `candidate ${response.candidate}, step ${step}\nQ ${formatNumber(q)}${answer}`;
}
