import type {ReportData} from '../data/types.js';
import {element} from './element.js';
import {formatCount} from './format-count.js';
import {themeButton} from './theme.js';

/** Makes the head of the page: its title and what is in it. */
export function pageHeader({title, generator, beta, skipped, prompts, responses}: ReportData): HTMLElement {
  const labelled = responses.filter(({correct}) => correct !== null);
  const right = labelled.filter(({correct}) => correct).length;
  const tokens = responses.reduce((sum, response) => sum + response.tokens.count, 0);
  const facts = [
    formatCount(prompts.length, 'prompt'),
    formatCount(responses.length, 'response'),
    formatCount(tokens, 'token'),
    ...(beta === null ? [] : [`β = ${Number(beta.toPrecision(3))}`]),
    ...(labelled.length === 0 ? [] : [`${((100 * right) / labelled.length).toFixed(1)}% right`]),
    ...(skipped === 0 ? [] : [`${formatCount(skipped, 'line')} not scored`]),
  ];
  return element(
    'header',
    {},
    element('h1', {}, element('bdi', {}, title)),
    element('ul', {class: 'summary'}, ...facts.map(fact => element('li', {}, fact))),
    element('span', {class: 'generator'}, generator),
    themeButton(),
  );
}
