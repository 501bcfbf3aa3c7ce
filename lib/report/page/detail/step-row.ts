import {formatNumber, formatSigned} from '../../../paint/numbers.js';
import {sigmoid} from '../../../reward/sigmoid.js';
import {heat} from '../colours.js';
import {element} from '../element.js';
import type {ResponseView} from '../response-view.js';

/**
 * Makes the row of a step: its number, its reward and Q, its text.
 *
 * @param cells - the tokens of the step
 * @param options - `lowest`: the step with the lowest reward, if one is to be pointed out; `scale`: see {@link heat}
 */
export function stepRow(
  response: ResponseView,
  step: number,
  cells: readonly HTMLElement[],
  {lowest, scale}: {lowest: number | null; scale: number},
): HTMLElement {
  const flags = [
    ...(step === lowest ? [element('span', {class: 'flag'}, 'lowest reward')] : []),
    ...(step === response.firstError ? [element('span', {class: 'flag error'}, 'first error (label)')] : []),
  ];
  return element(
    'li',
    {class: 'step'},
    element('div', {class: 'place'}, String(step + 1)),
    stepNumbers(response, step, scale),
    element('div', {class: 'content'}, stepText(response, step, cells), ...flags),
  );
}

function stepNumbers({steps}: ResponseView, step: number, scale: number): HTMLElement {
  const reward = steps.rewards[step]!;
  const q = steps.qs[step]!;
  const badge = element('span', {class: 'badge'}, formatSigned(reward));
  heat(badge, reward, scale);
  return element(
    'div',
    {class: 'numbers'},
    badge,
    element('span', {}, formatNumber(q)),
    element('span', {}, formatNumber(sigmoid(q))),
  );
}

function stepText({steps, text}: ResponseView, step: number, cells: readonly HTMLElement[]): HTMLElement {
  const made = element('div', {class: 'text', dir: 'auto'}, ...cells);
  // Feeds at the end of a step would leave lines empty: only their signs are shown.
  for (const feed of trailingFeeds(made)) {
    feed.classList.add('trailing');
  }

  if (cells.length === 0) {
    const own = text.slice(steps.starts[step]!, steps.ends[step]!);
    made.append(element('span', {class: 'muted'}, `${own} (within a token of the step before)`));
  }

  return made;
}

function trailingFeeds(own: HTMLElement): Element[] {
  const feeds = [...own.querySelectorAll('.feed')];
  let rest = (own.textContent ?? '').trimEnd().length;
  // Those behind all that is to be seen.
  const walker = document.createTreeWalker(own, NodeFilter.SHOW_TEXT);
  const visible = new Set<Node>();
  for (let node = walker.nextNode(); node && rest > 0; node = walker.nextNode()) {
    rest -= node.textContent!.length;
    visible.add(node);
  }

  return feeds.filter(({firstChild}) => !visible.has(firstChild!));
}
