import type {ScoredStep} from '../score/score-types.js';
import type {TextPart} from './format-text.js';
import {colourReward} from './reward-colours.js';
import type {TokenRun} from './tokens.js';
import type {TraceLayout} from './trace-layout.js';

/** What stands for tokens that are nothing to see. */
export const tokenSigns = {lineFeed: '↵', endOfTurn: '∎'} as const;

const lineEnd = /\r?\n/gu;

/** A response as far as its tokens go. */
interface ColouredResponse {
  response: string;
  steps: readonly Pick<ScoredStep, 'text' | 'start' | 'end'>[];
  /** Of the whole response. */
  runs: readonly TokenRun[];
}

/**
 * The text of a step in the colours of its tokens. With them goes the separator behind the step, whose tokens count as
 * well: its line feeds are signs. Without colours it is the text alone.
 *
 * @param scored - the response
 * @param index - of the step
 */
export function stepParts(
  {response, steps, runs}: ColouredResponse,
  index: number,
  {chalk, nat}: Pick<TraceLayout, 'chalk' | 'nat'>,
): TextPart[] {
  const {text, start, end} = steps[index]!;
  if (chalk.level === 0) {
    return [{text, paint: same => same}];
  }

  const part = (piece: string, reward: number, quiet = (same: string) => same): TextPart => ({
    text: piece,
    paint: some => {
      const coloured = colourReward(some, reward, nat, chalk);
      return coloured === some ? quiet(some) : coloured;
    },
  });
  const inside = runs.map(run =>
    part(pieceOf(response, run, start, end).replaceAll(lineEnd, `${tokenSigns.lineFeed}$&`), run.reward),
  );
  const around = (from: number, to: number) =>
    runs.map(run =>
      part(pieceOf(response, run, from, to).replaceAll(lineEnd, tokenSigns.lineFeed), run.reward, chalk.dim),
    );
  const last = index === steps.length - 1 ? runs.at(-1) : undefined;
  return [
    ...around(index === 0 ? 0 : start, start),
    ...inside,
    ...around(end, steps[index + 1]?.start ?? response.length),
    ...(last && last.start === last.end ? [part(tokenSigns.endOfTurn, last.reward, chalk.dim)] : []),
  ].filter(({text}) => text !== '');
}

/** What of a run lies between two places. */
function pieceOf(text: string, run: TokenRun, from: number, to: number): string {
  return text.slice(Math.max(from, run.start), Math.max(from, Math.min(to, run.end)));
}
