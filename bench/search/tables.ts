import {bootstrap, type Estimate} from '../../lib/eval/bootstrap.js';
import type {SearchMethod} from '../../lib/eval/search/types.js';
import {markdownTable} from '../table.js';
import type {Run} from './runs.js';

export const drawing = {resamples: 2000, seed: 0};

const columns: readonly (readonly [method: SearchMethod, title: string])[] = [
  ['best', 'best'],
  ['weighted', 'weighted vote'],
  ['majority', 'majority'],
  ['random', 'pass@1'],
  ['any', 'any'],
];

/** For each search the right answers in per cent, with 95 % intervals, and what a problem took. */
export function searchTable(runs: readonly Run[]): string {
  const rows = runs.map(({method, n, tally}) => {
    const {accuracy, judged, usage} = tally.evaluate(drawing);
    return [
      `${method}, n = ${n}`,
      String(judged),
      ...columns.map(([name]) => percent(accuracy![name])),
      ...[usage.generated, usage.scored].map(count => Math.round(count).toLocaleString('en')),
    ];
  });
  return markdownTable(['', 'problems', ...columns.map(([, title]) => title), 'generated', 'scored'], rows);
}

/**
 * How much more often the best response of a search is right than what best-of-N makes of the same n for the same problems.
 * A search without such a best-of-N beside it is left out.
 */
export function gainTable(runs: readonly Run[]): string {
  const rows = runs
    .filter(({method}) => method !== 'bestOfN')
    .flatMap(run => {
      const sampled = runs.find(
        other => other.method === 'bestOfN' && other.n === run.n && problemsOf(other) === problemsOf(run),
      );
      if (!sampled) {
        return [];
      }

      const gains = (['majority', 'weighted', 'best'] as const).map(name => gain(run, sampled, name));
      const share =
        run.tally.evaluate({resamples: 0, seed: 0}).usage.generated /
        sampled.tally.evaluate({resamples: 0, seed: 0}).usage.generated;
      return [
        [`${run.method}, n = ${run.n}`, String(problemsOf(run)), ...gains.map(percent), share.toFixed(2)],
      ];
    });
  return markdownTable(
    [
      ...['best of …', 'problems', '− majority', '− weighted vote', '− best of N'],
      'tokens, times those of best of N',
    ],
    rows,
  );
}

/** How many problems a run is of. */
export function problemsOf({tally}: Run): number {
  return tally.outcomes('best').length;
}

/** On the same problems. */
function gain(run: Run, sampled: Run, name: SearchMethod): Estimate {
  const others = sampled.tally.outcomes(name);
  const gains = run.tally.outcomes('best').map((value, index) => value - others[index]!);
  const mean = (weights: Uint32Array) =>
    gains.reduce((sum, value, index) => sum + value * weights[index]!, 0) / gains.length;
  return bootstrap(gains.length, weights => [mean(weights)], drawing)[0]!;
}

function percent({value, low, high}: Estimate): string {
  const text = (share: number, places: number) => (100 * share).toFixed(places).replace('-', '−');
  return `${text(value, 1)} (${text(low, 0)} to ${text(high, 0)})`;
}
