import * as Plot from '@observablehq/plot';
import {formatCount} from '../../../paint/numbers.js';
import {verdictColours} from '../colours.js';
import type {ResponseView, Verdict} from '../response-view.js';
import {chart, legend} from './chart.js';

/** What a distribution is of. */
export type Scored = Pick<ResponseView, 'verdict' | 'score'>;

/** Draws how the scores of right and of wrong responses are distributed: right ones above the line, wrong ones below. */
export function distributionChart(
  responses: readonly Scored[],
  {title = 'Scores', subtitle = 'responses by score'}: {title?: string; subtitle?: string} = {},
): HTMLElement {
  const groups = (['right', 'unlabelled', 'wrong'] as const)
    .map(verdict => ({verdict, members: responses.filter(response => response.verdict === verdict)}))
    .filter(({members}) => members.length > 0);
  return chart({
    title,
    subtitle,
    caption: legend(
      groups.map(({verdict, members}) => ({
        colour: verdictColours[verdict],
        name: verdict,
        value: members.length.toLocaleString('en'),
      })),
    ),
    label: `${title}: distribution over ${groups.map(({verdict, members}) => `${members.length} ${verdict}`).join(', ')} responses`,
    height: 150,
    options: () => ({
      x: {label: null, nice: true},
      y: {
        label: null,
        ticks: 4,
        tickFormat: value => (Number.isInteger(value) ? String(Math.abs(value)) : ''),
        grid: true,
      },
      marks: [
        ...groups.map(({verdict, members}) => bars(verdict, members, responses)),
        Plot.ruleY([0], {stroke: 'var(--axis)'}),
      ],
    }),
  });
}

function bars(verdict: Verdict, members: Scored[], all: readonly Scored[]): Plot.Markish {
  const sign = verdict === 'wrong' ? -1 : 1;
  const scores = all.map(({score}) => score);
  return Plot.rectY(
    members,
    Plot.binX<Plot.RectYOptions>(
      {
        y: (group: unknown[]) => sign * group.length,
        title: (group: unknown[]) => formatCount(group.length, 'response'),
      },
      {
        x: 'score',
        fill: verdictColours[verdict],
        // The same bins for all.
        thresholds: thresholds(Math.min(...scores.slice(0, 100_000)), Math.max(...scores.slice(0, 100_000))),
        tip: true,
      },
    ),
  );
}

/** The ends of about 40 bins of a round width. */
function thresholds(low: number, high: number): number[] {
  const raw = (high - low || 1) / 40;
  const power = 10 ** Math.floor(Math.log10(raw));
  const width = power * ([1, 2, 5].find(factor => factor * power >= raw) ?? 10);
  const first = Math.floor(low / width);
  return Array.from({length: Math.ceil(high / width) - first + 2}, (_, index) => (first + index) * width);
}
