import type {ReportData} from '../../data/types.js';
import {heat} from '../colours.js';
import {element} from '../element.js';
import type {ResponseView} from '../response-view.js';
import {stepRow} from './step-row.js';
import {tokenTip} from './token-tip.js';
import {type TokenCell, tokenCells, tokenViews} from './tokens.js';
import type {Tooltip} from './tooltip.js';

/** What the tokens are coloured by. */
export type HeatBy = keyof ReportData['scales'];

/** Makes the text of a response, a row for each step, its tokens coloured and with a tooltip each. */
export function heatmap(
  response: ResponseView,
  {by, scales, tooltip}: {by: HeatBy; scales: ReportData['scales']; tooltip: Tooltip},
): HTMLElement {
  const cells = tokenCells(tokenViews(response), response.text);
  const elements = cells.map((cell, index) => cellElement(cell, index, response, {by, scale: scales[by]}));
  const own = response.steps.rewards.map((): HTMLElement[] => []);
  for (const [index, {tokens}] of cells.entries()) {
    own[tokens[0]!.step]!.push(elements[index]!);
  }

  const lowest = lowestStep(response);
  const rows = own.map((cells, step) => stepRow(response, step, cells, {lowest, scale: scales.step}));
  const list = element(
    'ol',
    {class: 'steps', 'aria-label': 'Steps and tokens; arrow keys go from token to token'},
    ...rows,
  );
  elements[0]?.setAttribute('tabindex', '0');
  listen(list, elements, target => {
    tooltip.show(target, ...tokenTip(cells[Number(target.dataset.cell)]!, response.tokens.count));
  });
  list.addEventListener('pointerleave', () => tooltip.hide());
  list.addEventListener('focusout', () => tooltip.hide());
  return list;
}

function cellElement(
  cell: TokenCell,
  index: number,
  {steps}: ResponseView,
  {by, scale}: {by: HeatBy; scale: number},
): HTMLElement {
  const [{step}] = cell.tokens as [TokenCell['tokens'][number]];
  const value = {
    token: cell.tokens.reduce((sum, {reward}) => sum + reward, 0),
    step: steps.rewards[step]!,
    q: cell.tokens.at(-1)!.q,
  }[by];
  const made = element('span', {class: 'token', 'data-cell': index, tabindex: -1});
  heat(made, value, scale);
  if (cell.text === '') {
    made.append(element('span', {class: 'end', role: 'img', 'aria-label': 'end of turn'}));
  }

  // White space that would not be seen gets a sign, by the style: the text stays what it is.
  for (const part of cell.text.split(/([\n\t])/u)) {
    made.append(
      part === '\n' || part === '\t' ? element('span', {class: part === '\n' ? 'feed' : 'tab'}, part) : part,
    );
  }

  return made;
}

/** The step with the lowest reward, if one of several is against the answer. */
function lowestStep({steps: {rewards}}: ResponseView): number | null {
  const lowest = rewards.reduce((best, reward, step) => (reward < rewards[best]! ? step : best), 0);
  // What is shown as 0 is none.
  return rewards.length > 1 && rewards[lowest]! <= -0.005 ? lowest : null;
}

/** Hovering and focusing show a token; arrow keys go to the next token or step. */
function listen(list: HTMLElement, cells: readonly HTMLElement[], show: (target: HTMLElement) => void): void {
  const cellOf = ({target}: Event) => (target as Element).closest<HTMLElement>('.token');
  for (const type of ['pointerover', 'focusin']) {
    list.addEventListener(type, event => {
      const cell = cellOf(event);
      if (cell) {
        show(cell);
      }
    });
  }

  list.addEventListener('click', event => focus(cells, cellOf(event)));
  list.addEventListener('keydown', event => {
    const cell = cellOf(event);
    const next = cell && target(cells, cell, event.key);
    if (next) {
      event.preventDefault();
      focus(cells, next);
    }
  });
}

function focus(cells: readonly HTMLElement[], next: HTMLElement | null | undefined): void {
  if (next) {
    cells.find(({tabIndex}) => tabIndex === 0)?.setAttribute('tabindex', '-1');
    next.tabIndex = 0;
    next.focus();
  }
}

function target(
  cells: readonly HTMLElement[],
  cell: HTMLElement,
  key: string,
): HTMLElement | null | undefined {
  const index = Number(cell.dataset.cell);
  const step = cell.closest('.step')!;
  const firstOf = (other: Element | null) => other?.querySelector<HTMLElement>('.token');
  switch (key) {
    case 'ArrowRight':
      return cells[index + 1];
    case 'ArrowLeft':
      return cells[index - 1];
    case 'ArrowDown':
      return firstOf(step.nextElementSibling);
    case 'ArrowUp':
      return firstOf(step.previousElementSibling);
    case 'Home':
      return cells[0];
    case 'End':
      return cells.at(-1);
    default:
      return undefined;
  }
}
