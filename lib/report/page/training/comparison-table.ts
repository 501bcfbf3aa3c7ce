import type {Estimate} from '../../../eval/bootstrap.js';
import type {Comparison, Measure} from '../../../train/evaluation/comparison.js';
import type {TrainingReportData} from '../../data/training-types.js';
import {element} from '../element.js';

const labels: Readonly<Record<Measure, string>> = {
  outcomeAucMin: 'outcome AUC, min',
  outcomeAucSum: 'outcome AUC, sum',
  bestOfNMin: 'best of N, min',
  bestOfNSum: 'best of N, sum',
  weightedVote: 'vote by σ(min)',
  stepAuc: 'step AUC',
  firstErrorLowest: 'first error has the lowest reward',
  processBenchF1: 'ProcessBench F1',
};

/** Makes the table of what the pair is worth, each figure beside its control. */
export function comparisonTable({
  comparisons,
  beatsControl,
}: NonNullable<TrainingReportData['evaluation']>): HTMLElement {
  const heads = [
    'in %',
    'reward',
    'control: the untrained base',
    'policy without reference',
    'gain over the control',
  ];
  const note =
    beatsControl.yes.length === 0
      ? 'The pair does not beat its control.'
      : beatsControl.no.length === 0
        ? 'The pair beats its control in every measure.'
        : 'The pair beats its control where the gain is in bold.';
  return element(
    'section',
    {class: 'comparisons'},
    element('h2', {}, 'What it is worth on what was held out'),
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...heads.map(head => element('th', {scope: 'col'}, head)))),
      element('tbody', {}, ...comparisons.map(row)),
    ),
    element('p', {class: 'muted'}, `${note} Intervals are 95% bootstrap.`),
  );
}

function row({measure, reward, control, withoutReference, gain, beatsControl}: Comparison): HTMLElement {
  return element(
    'tr',
    {},
    element('th', {scope: 'row'}, labels[measure]),
    ...[reward, control, withoutReference].map(estimate => element('td', {}, text(estimate))),
    element('td', {}, beatsControl ? element('b', {}, text(gain)) : text(gain)),
  );
}

function text({value, low, high}: Estimate): string {
  const percent = (share: number, places: number) => (100 * share).toFixed(places).replace('-', '−');
  return `${percent(value, 1)} (${percent(low, 1)} to ${percent(high, 1)})`;
}
