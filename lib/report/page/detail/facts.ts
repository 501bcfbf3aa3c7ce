import {formatNumber, formatSigned} from '../../../paint/numbers.js';
import {element} from '../element.js';
import type {ResponseView} from '../response-view.js';

/** Makes the line on a response as a whole, with buttons that go to the candidates beside it. */
export function responseFacts(response: ResponseView, select: (index: number) => void): HTMLElement {
  const {index, candidate, of, answer, verdict, score, reward, probability, tokens, id, finished} = response;
  const facts: [name: string, value: string | Node][] = [
    ['score', formatNumber(score)],
    ['Q', formatSigned(reward)],
    ['σ(Q)', formatNumber(probability, 3)],
    ['tokens', tokens.count.toLocaleString('en')],
    ['answer', element('bdi', {}, answer === null ? 'none' : answer.slice(0, 200))],
  ];
  return element(
    'div',
    {class: 'facts'},
    turnButton('‹', 'Previous candidate', candidate > 1, () => select(index - 1)),
    element('h2', {}, `Candidate ${candidate} of ${of.count}`),
    turnButton('›', 'Next candidate', candidate < of.count, () => select(index + 1)),
    ...(verdict === 'unlabelled' ? [] : [element('span', {class: `verdict ${verdict}`}, verdict)]),
    ...(finished ? [] : [element('span', {class: 'flag'}, 'unfinished')]),
    ...(id === null ? [] : [element('bdi', {class: 'muted'}, id)]),
    element(
      'dl',
      {},
      ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
    ),
  );
}

function turnButton(sign: string, name: string, isThere: boolean, turn: () => void): HTMLElement {
  const button = element(
    'button',
    {type: 'button', class: 'turn', 'aria-label': name, title: name, disabled: !isThere},
    sign,
  );
  button.addEventListener('click', turn);
  return button;
}
