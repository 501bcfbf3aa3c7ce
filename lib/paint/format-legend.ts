import {wrapLine} from './format-text.js';
import {colourBounds, colourReward} from './reward-colours.js';
import {tokenSigns} from './step-parts.js';
import type {TraceLayout} from './trace-layout.js';

type LegendLayout = Omit<TraceLayout, 'full'>;

const termWidth = 10;

/**
 * Explains what `formatResponse` prints.
 *
 * @param rewards - what the reward of a step is, such as `β = 1 times the log-ratio of its tokens`
 * @returns lines, each with its line end
 */
export function formatLegend(rewards: string, layout: LegendLayout): string {
  const terms: [string, string][] = [
    ['reward', `what a step adds to Q: ${rewards}`],
    ['Q', 'the rewards so far'],
    ['p', 'σ(Q), how likely the answer is right'],
    ['>', `the first step with p under ${layout.threshold}`],
  ];
  if (layout.chalk.level > 0) {
    terms.push(['tokens', colourScale(layout)]);
    terms.push([`${tokenSigns.lineFeed} ${tokenSigns.endOfTurn}`, 'line feed, end of turn']);
  }

  return terms.flatMap(([term, text]) => termRows(term, text, layout.width)).join('');
}

function termRows(term: string, text: string, width: number): string[] {
  return wrapLine(text, Math.max(16, width - termWidth)).map(
    (row, line) => `${(line === 0 ? `  ${term}` : '').padEnd(termWidth)}${row}\n`,
  );
}

/** From which reward on a token has which colour. */
function colourScale({chalk, nat}: LegendLayout): string {
  const swatch = (nats: number) => {
    const bound = Number((nats * nat).toPrecision(2));
    return colourReward(bound > 0 ? `+${bound}` : String(bound), nats * nat, nat, chalk);
  };
  const below = colourBounds.map(bound => swatch(-bound)).reverse();
  const above = colourBounds.map(bound => swatch(bound));
  return [...below, '0', ...above].join(' ');
}
