import {element} from '../element.js';
import type {Verdict} from '../response-view.js';
import type {Filter} from './filter.js';

/** How long to wait for the next key, in ms. */
const pause = 60;

/**
 * Makes the fields that the table is filtered by.
 *
 * @param verdicts - those that occur
 * @param onChange - called when the user has changed them
 */
export function filterBar(verdicts: ReadonlySet<Verdict>, onChange: (filter: Filter) => void): HTMLElement {
  const text = element('input', {
    type: 'search',
    placeholder: 'Search text',
    'aria-label': 'Search in prompts and responses',
  });
  const answer = element('input', {
    type: 'search',
    placeholder: 'Answer',
    'aria-label': 'Search in answers',
    class: 'short',
  });
  const from = scoreInput('Lowest score', 'min');
  const to = scoreInput('Highest score', 'max');
  const verdict = element(
    'select',
    {'aria-label': 'Correctness', hidden: verdicts.size < 2},
    option('', 'All'),
    option('right', 'Right'),
    option('wrong', 'Wrong'),
    ...(verdicts.has('unlabelled') ? [option('unlabelled', 'Unlabelled')] : []),
  );
  const bar = element(
    'form',
    {class: 'filters', role: 'search'},
    text,
    answer,
    verdict,
    element('span', {class: 'range'}, 'Score', from, '–', to),
  );
  let waiting: ReturnType<typeof setTimeout> | undefined;
  bar.addEventListener('submit', event => event.preventDefault());
  bar.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      onChange({
        text: text.value,
        answer: answer.value,
        verdict: verdict.value as Filter['verdict'],
        from: from.valueAsNumber,
        to: to.valueAsNumber,
      });
    }, pause);
  });
  return bar;
}

function scoreInput(label: string, placeholder: string): HTMLInputElement {
  return element('input', {type: 'number', step: 'any', placeholder, 'aria-label': label});
}

function option(value: string, text: string): HTMLOptionElement {
  return element('option', {value}, text);
}
