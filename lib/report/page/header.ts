import {formatCount} from '../../paint/numbers.js';
import type {ReportData} from '../data/types.js';
import {element} from './element.js';

const key = 'implicit-prm-theme';
let current: Theme | undefined;

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
  return headerOf(title, facts, generator);
}

/** Makes the head of a page with a line of facts. */
export function headerOf(title: string, facts: readonly string[], generator: string): HTMLElement {
  return element(
    'header',
    {},
    element('h1', {}, element('bdi', {}, title)),
    element('ul', {class: 'summary'}, ...facts.map(fact => element('li', {}, fact))),
    element('span', {class: 'generator'}, generator),
    themeButton(),
  );
}

type Theme = 'light' | 'dark';

/** Makes the button that changes between light and dark. Until it is used the system's choice counts. */
function themeButton(): HTMLButtonElement {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const shown = (): Theme => chosen() ?? (system.matches ? 'dark' : 'light');
  const button = element('button', {type: 'button', class: 'theme'});
  const update = () => {
    const other = shown() === 'dark' ? 'light' : 'dark';
    button.textContent = other === 'dark' ? 'Dark' : 'Light';
    button.title = `Change to the ${other} theme`;
    document.documentElement.dataset.theme = chosen() ?? '';
  };
  button.addEventListener('click', () => {
    choose(shown() === 'dark' ? 'light' : 'dark');
    update();
  });
  system.addEventListener('change', update);
  update();
  return button;
}

function chosen(): Theme | undefined {
  try {
    const stored = localStorage.getItem(key);
    return current ?? (stored === 'light' || stored === 'dark' ? stored : undefined);
  } catch {
    // A browser may keep nothing for files.
    return current;
  }
}

function choose(theme: Theme): void {
  current = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {}
}
