import {formatNumber, formatSigned} from '../../../paint/numbers.js';
import {sigmoid} from '../../../reward/sigmoid.js';
import {element} from '../element.js';
import type {TokenCell, TokenView} from './tokens.js';

const names: Readonly<Record<string, string>> = {'\n': '↵', '\r': '␍', '\t': '⇥', ' ': '␣'};

/** Makes what is told of a token: a column for each token of the cell. */
export function tokenTip(cell: TokenCell, total: number): Node[] {
  const [{reference, step}] = cell.tokens as [TokenView];
  const last = cell.first + cell.tokens.length;
  const places = cell.tokens.length === 1 ? `Token ${last}` : `Tokens ${cell.first + 1} to ${last}`;
  const rows: [string, (token: TokenView) => string][] = [
    ['log p, policy', ({policy}) => formatNumber(policy, 4)],
    ...(reference === null
      ? []
      : ([
          ['log p, reference', token => formatNumber(token.reference!, 4)],
          ['log-ratio', ({ratio}) => formatSigned(ratio, 4)],
        ] satisfies [string, (token: TokenView) => string][])),
    ['reward', ({reward}) => formatSigned(reward, 4)],
    ['running Q', ({q}) => formatSigned(q, 3)],
    ['σ(Q)', ({q}) => formatNumber(sigmoid(q), 3)],
  ];
  return [
    element('p', {}, element('code', {}, cell.text === '' ? 'end of turn' : visibleText(cell.text))),
    element('p', {class: 'muted'}, `${places} of ${total}, step ${step + 1}`),
    element(
      'table',
      {},
      ...rows.map(([name, show]) =>
        element(
          'tr',
          {},
          element('th', {scope: 'row'}, name),
          ...cell.tokens.map(token => element('td', {}, show(token))),
        ),
      ),
    ),
  ];
}

/** Text with its white space and its control and direction characters made visible, for a tooltip. */
function visibleText(text: string): string {
  return text.replace(
    /[\s\p{Cc}\p{Cf}\p{Cs}]/gu,
    character =>
      names[character] ?? `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`,
  );
}
