import {formatSigned} from '../../../paint/format-signed.js';
import {formatNumber} from '../../../paint/numbers.js';
import {sigmoid} from '../../../reward/sigmoid.js';
import {element} from '../element.js';
import type {TokenCell} from './token-cells.js';
import type {TokenView} from './tokens.js';
import {visibleText} from './visible-text.js';

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
