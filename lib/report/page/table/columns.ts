import {formatNumber} from '../../../paint/numbers.js';
import {heat} from '../colours.js';
import {element} from '../element.js';
import type {ResponseView} from '../response-view.js';

/** A column of the table. */
export interface Column {
  name: string;
  /** For those who point at it. */
  description: string;
  /** The share of the width, in pixels of a table of 600. */
  width: number;
  isNumber: boolean;
  /** What to sort by; `null` goes last. */
  value(response: ResponseView): number | string | null;
  fill(cell: HTMLElement, response: ResponseView): void;
}

/** More steps than there is room for. */
const mostSteps = 14;

const symbols = {right: '✓', wrong: '✗', unlabelled: ''} as const;

/** The columns of the table, from left to right. Without labels there is none for them. */
export function tableColumns(stepScale: number, {labelled}: {labelled: boolean}): Column[] {
  const columns: Column[] = [
    number('#', 'Place in the results', 54, ({index}) => index + 1, 0),
    text('Prompt', 'Prompt, and the number of the candidate', 122, ({of}) => of.text ?? of.id),
    number('Cand.', 'Number of the candidate among those of its prompt', 48, ({candidate}) => candidate, 0),
    number(
      'Score',
      'The steps as one number, by the aggregate chosen when scoring',
      62,
      ({score}) => score,
      2,
    ),
    number('Q', 'Outcome reward: Q value behind the last step', 62, ({reward}) => reward, 2),
    number('σ(Q)', 'Probability that the outcome is right', 50, ({probability}) => probability, 2),
    {
      name: 'Steps',
      description: 'Step rewards, from the first step to the last; sorts by the number of steps',
      width: 104,
      isNumber: false,
      value: ({steps}) => steps.rewards.length,
      fill: (cell, response) => fillSteps(cell, response, stepScale),
    },
    text('Answer', 'Final answer', 74, ({answer}) => answer),
    {
      name: 'Right',
      description: 'Whether the answer is right',
      width: 46,
      isNumber: false,
      value: ({correct}) => (correct === null ? null : Number(correct)),
      fill: (cell, {verdict}) => {
        cell.append(element('span', {class: `verdict ${verdict}`, title: verdict}, symbols[verdict]));
      },
    },
    number('Tokens', 'Tokens, the end-of-turn token included', 54, ({tokens}) => tokens.count, 0),
  ];
  return columns.filter(({name}) => labelled || name !== 'Right');
}

function number(
  name: string,
  description: string,
  width: number,
  value: (response: ResponseView) => number,
  digits: number,
): Column {
  const fill: Column['fill'] = (cell, response) => {
    cell.textContent = formatNumber(value(response), digits);
  };
  return {name, description, width, isNumber: true, value, fill};
}

function text(
  name: string,
  description: string,
  width: number,
  value: (response: ResponseView) => string | null,
): Column {
  const fill: Column['fill'] = (cell, response) => {
    const content = value(response) ?? '';
    // A cell shows the beginning of what may be a book.
    cell.append(element('bdi', {title: content.slice(0, 500)}, content.slice(0, 200)));
  };
  return {name, description, width, isNumber: false, value, fill};
}

function fillSteps(cell: HTMLElement, {steps: {rewards}}: ResponseView, scale: number): void {
  const strip = element('span', {
    class: 'strip',
    title: rewards
      .slice(0, 100)
      .map(reward => formatNumber(reward))
      .join('  '),
  });
  for (const reward of rewards.slice(0, mostSteps)) {
    const step = element('i');
    heat(step, reward, scale);
    strip.append(step);
  }

  cell.append(strip);
  if (rewards.length > mostSteps) {
    cell.append(element('small', {}, `+${rewards.length - mostSteps}`));
  }
}
