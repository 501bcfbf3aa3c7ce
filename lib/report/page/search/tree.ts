import {formatNumber, formatSigned} from '../../../paint/numbers.js';
import {sigmoid} from '../../../reward/sigmoid.js';
import type {SearchTree} from '../../../search/search-types.js';
import type {SearchData} from '../../data/search-types.js';
import {heat} from '../colours.js';
import {element} from '../element.js';

interface TreeView {
  /** The steps of the best response. */
  winning: ReadonlySet<number>;
  best: number | null;
  scale: number;
}

/** What is said of a step that was not gone on from. */
const notes: Readonly<Record<SearchTree['state'], string | null>> = {
  open: null,
  pruned: 'pruned',
  finished: 'finished',
  cut: 'cut off',
};

/**
 * Makes the tree of a search: lists in lists, the best response's steps first and marked, what was pruned dimmed. Branches
 * open and close with the keyboard as all such elements do.
 *
 * @param scale - the reward at which colours are full
 */
export function searchTree({tree, best}: SearchData, scale: number): HTMLElement {
  const view = {winning: pathTo(tree, best), best, scale};
  return element(
    'div',
    {class: 'tree'},
    element(
      'p',
      {class: 'muted'},
      'Reward, Q and σ(Q) of each step. Marked: the steps of the best response.',
    ),
    children(tree, view),
  );
}

function children(node: SearchTree, view: TreeView): HTMLElement {
  return element(
    'ul',
    {},
    ...node.children.toSorted((a, b) => rank(b, view) - rank(a, view)).map(child => branch(child, view)),
  );
}

/** The best response first, what is pruned last, in between the higher score. */
function rank({id, state, score}: SearchTree, {winning}: TreeView): number {
  const group = winning.has(id) ? 2 : state === 'pruned' ? 0 : 1;
  return group * 1e6 + Math.max(-1e5, score ?? 0);
}

function branch(node: SearchTree, view: TreeView): HTMLElement {
  const isWinning = view.winning.has(node.id);
  const classes = [node.state, ...(isWinning ? ['winning'] : [])].join(' ');
  if (node.children.length === 0) {
    return element('li', {class: classes}, element('div', {class: 'node'}, ...nodeParts(node, view)));
  }

  return element(
    'li',
    {class: classes},
    element(
      'details',
      {open: isWinning},
      element('summary', {class: 'node'}, ...nodeParts(node, view)),
      children(node, view),
    ),
  );
}

function nodeParts(node: SearchTree, {winning, best, scale}: TreeView): HTMLElement[] {
  const reward = node.reward ?? 0;
  const q = node.q ?? 0;
  const badge = element('span', {class: 'badge'}, formatSigned(reward));
  if (node.state !== 'pruned') {
    heat(badge, reward, scale);
  }

  const note = notes[node.state];
  const flags = [
    ...(node.id === best ? ['best response'] : winning.has(node.id) ? ['best'] : []),
    ...(note === null ? [] : [note]),
    ...(node.count > 1 ? [`${node.count} times`] : []),
    ...(node.visits > 0 ? [`${node.visits} visits`] : []),
  ];
  return [
    badge,
    element('span', {class: 'number'}, formatNumber(q)),
    element('span', {class: 'number'}, formatNumber(sigmoid(q))),
    element('span', {class: 'text', dir: 'auto'}, node.text === '' ? '(end)' : node.text),
    ...flags.map(flag => element('span', {class: 'flag'}, flag)),
  ];
}

function pathTo(tree: SearchTree, id: number | null): Set<number> {
  if (tree.id === id) {
    return new Set([tree.id]);
  }

  for (const child of tree.children) {
    const path = pathTo(child, id);
    if (path.size > 0) {
      return path.add(tree.id);
    }
  }

  return new Set();
}
