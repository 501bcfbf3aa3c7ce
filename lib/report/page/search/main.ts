import {formatCount} from '../../../paint/numbers.js';
import type {SearchData, SearchReportData} from '../../data/search-types.js';
import {element} from '../element.js';
import {headerOf} from '../header.js';
import {searchTree} from './tree.js';

const data = JSON.parse(document.querySelector('#data')!.textContent!) as SearchReportData;
const {title, generator, searches, skipped, scale} = data;
const judged = searches.filter(({correct}) => correct !== null);
const facts = [
  formatCount(searches.length, 'search', 'searches'),
  ...(judged.length === 0
    ? []
    : [`${((100 * judged.filter(({correct}) => correct).length) / judged.length).toFixed(1)}% right`]),
  ...(skipped === 0 ? [] : [`${formatCount(skipped, 'line')} not answered`]),
];
const detail = element('section', {class: 'search', 'aria-label': 'Search', tabindex: -1});
const buttons = searches.map((search, index) => listButton(search, index));
document.body.classList.add('searches');
document.body.append(
  headerOf(title, facts, generator),
  element(
    'main',
    {},
    element(
      'nav',
      {'aria-label': 'Searches'},
      element('ol', {}, ...buttons.map(button => element('li', {}, button))),
    ),
    detail,
  ),
);
addEventListener('hashchange', () => show(addressed()));
show(addressed());

/** The search that stands in the address, so that it can be bookmarked and sent on. */
function addressed(): number {
  const number = Number(/^#search-(\d+)$/u.exec(location.hash)?.[1]);
  return searches[number - 1] ? number - 1 : 0;
}

function show(index: number): void {
  for (const [place, button] of buttons.entries()) {
    button.toggleAttribute('aria-current', place === index);
  }

  const search = searches[index]!;
  detail.replaceChildren(
    element('h2', {class: 'text'}, element('bdi', {}, search.prompt)),
    element('ul', {class: 'summary'}, ...factsOf(search).map(fact => element('li', {}, fact))),
    searchTree(search, scale),
  );
}

function listButton({prompt, answer, correct}: SearchData, index: number): HTMLButtonElement {
  const verdict = correct === null ? 'unlabelled' : correct ? 'right' : 'wrong';
  const button = element(
    'button',
    {type: 'button', class: 'pick'},
    element('bdi', {}, prompt.slice(0, 200)),
    ' → ',
    element('bdi', {class: `verdict ${verdict}`}, answer ?? 'no answer'),
    ...(correct === null ? [] : [` (${verdict})`]),
  );
  button.addEventListener('click', () => {
    location.hash = `#search-${index + 1}`;
  });
  return button;
}

function factsOf({method, n, ended, answer, correct, reference, usage}: SearchData): string[] {
  return [
    `${method}, n = ${n}`,
    `answer ${answer ?? 'none'}${correct === null ? '' : correct ? ', right' : ', wrong'}`,
    ...(reference === null ? [] : [`reference ${reference}`]),
    `${formatCount(usage.generated, 'token')} generated`,
    `${usage.scored.toLocaleString('en')} scored`,
    ...(ended === 'done' ? [] : [`ended by the budget of ${ended}`]),
  ];
}
