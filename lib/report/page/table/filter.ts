import {element} from '../element.js';
import type {ResponseView, Verdict} from '../response-view.js';

/** How long to wait for the next key, in ms. */
const pause = 60;

/** Which responses the table shows. */
interface Filter {
  /** In the response, its prompt or its identifiers; in any case of letters. */
  text: string;
  /** In the answer. */
  answer: string;
  verdict: Verdict | '';
  /** The scores allowed, NaN for any. */
  from: number;
  to: number;
}

/** Chooses the responses that a filter lets through, in their order. */
export function filterResponses(responses: readonly ResponseView[], filter: Filter): ResponseView[] {
  const text = filter.text.trim().toLowerCase();
  const answer = filter.answer.trim().toLowerCase();
  return responses.filter(
    response =>
      (filter.verdict === '' || response.verdict === filter.verdict) &&
      !(response.score < filter.from) &&
      !(response.score > filter.to) &&
      (answer === '' || (response.answer ?? '').toLowerCase().includes(answer)) &&
      (text === '' || holds(response, text)),
  );
}

function holds({text, id, of}: ResponseView, wanted: string): boolean {
  return [text, id, of.text, of.id].some(place => place?.toLowerCase().includes(wanted));
}

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
