import {firstError} from '../reward/first-error.js';
import type {ScoredResponse, ScoredStep} from '../score/score-types.js';
import {formatNote, formatText, noteIndent} from './format-text.js';
import {signed} from './numbers.js';
import {rewardPlaces} from './reward-scale.js';
import {StepColumns} from './step-columns.js';
import {stepParts} from './step-parts.js';
import {tokenRuns} from './tokens.js';
import type {TraceLayout} from './trace-layout.js';

/** A scored response, of its tokens what they are coloured by. */
export interface ResponseView extends Pick<ScoredResponse, 'response' | 'score'> {
  steps: readonly Pick<ScoredStep, 'text' | 'start' | 'end' | 'reward' | 'q' | 'probability'>[];
  tokens: {starts: ArrayLike<number>; rewards: ArrayLike<number>};
}

const leastBeside = 40;

/**
 * Lays out a scored response, steps as lines: number, bar, reward, Q value, probability, and the text in the colours of
 * its tokens, which stands under the numbers where there is no room beside them. The first step with a probability under
 * the threshold has a `>` before it. Nothing in the text reaches the terminal as a control character.
 *
 * @param view - at least one step
 * @param layout - the terminal, the threshold, how long bars are
 * @returns lines, each with its line end
 */
export function formatResponse(view: ResponseView, layout: TraceLayout): string {
  const {response, steps, tokens} = view;
  const runs = tokenRuns(response, tokens.starts, tokens.rewards);
  const columns = new StepColumns(steps.length, layout);
  const marked = firstError(
    steps.map(({probability}) => probability),
    layout.threshold,
  );
  const rows = steps.flatMap((step, index) =>
    stepRows(
      columns.row(step, index + 1, index === marked),
      width => formatText(stepParts({response, steps, runs}, index, layout), width),
      {width: layout.width, numbersWidth: columns.width},
    ),
  );
  const note = formatNote(verdict(view, marked, layout), layout.width);
  return [columns.header(), ...rows].map(row => `${row}\n`).join('') + note;
}

function stepRows(
  numbers: string,
  textRows: (width: number) => string[],
  {width, numbersWidth}: {width: number; numbersWidth: number},
): string[] {
  const besideWidth = width - numbersWidth - 2;
  return besideWidth < leastBeside
    ? [numbers, ...textRows(Math.max(1, width - noteIndent)).map(row => ' '.repeat(noteIndent) + row)]
    : textRows(besideWidth).map((row, line) =>
        `${line === 0 ? numbers : ' '.repeat(numbersWidth)}  ${row}`.trimEnd(),
      );
}

function verdict({score}: ResponseView, marked: number, {threshold, nat}: TraceLayout): string {
  const course =
    marked === -1 ? `p stays at ${threshold} or above` : `p falls under ${threshold} at step ${marked + 1}`;
  return `Score ${signed(score, rewardPlaces(nat))}; ${course}.`;
}
