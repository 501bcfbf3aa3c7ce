import {formatLegend} from '../../paint/format-legend.js';
import {formatPrompt} from '../../paint/format-prompt.js';
import {formatResponse} from '../../paint/format-response.js';
import {formatText} from '../../paint/format-text.js';
import {fullBar, natReward} from '../../paint/reward-scale.js';
import {tokenRewards} from '../../paint/tokens.js';
import type {TraceLayout} from '../../paint/trace-layout.js';
import type {PairInfo} from '../../pair/pair.js';
import type {ScoredResponse} from '../../score/score-types.js';
import type {Prompt} from '../../text/prompt.js';
import {createChalk, terminalWidth} from '../terminal/stdout.js';
import type {ScoreFlags} from './options.js';

/** A line of the input with its results. */
export interface PrettyLine {
  /** The line's own `id`, whatever it is. */
  id?: unknown;
  prompt: Prompt;
  /** One or several. */
  scored: readonly ScoredResponse[];
}

type PrettyFlags = Pick<ScoreFlags, 'threshold' | 'betaSchedule' | 'color'>;

/**
 * Makes what lays out results for people: a legend, then for every line its prompt and its responses.
 *
 * @param info - of the pair that scores
 * @param flags - of the command line
 * @returns a function from a line to text without a line feed at its end
 */
export function prettyLines(
  {beta, reference}: Pick<PairInfo, 'beta' | 'reference'>,
  {threshold = 0.5, betaSchedule = 'constant', color}: PrettyFlags,
): (line: PrettyLine) => string {
  const chalk = createChalk(color);
  const factor = betaSchedule === 'constant' ? `β = ${beta}` : `β = ${beta} (${betaSchedule})`;
  const rewards = `${factor} times the log-${reference ? 'ratio' : 'probability'} of its tokens`;
  let natOfLegend: number | undefined;
  return line => {
    const lengths = line.scored.map(({tokens}) => tokens.ids.length);
    const nat = natReward(beta, betaSchedule, lengths);
    const layout = {chalk, width: terminalWidth(), threshold, nat, full: fullBar(line.scored, nat)};
    const legend = nat === natOfLegend ? '' : formatLegend(rewards, layout);
    const gap = natOfLegend === undefined ? '' : '\n';
    natOfLegend = nat;
    const responses = formatResponses(line.scored, {beta, betaSchedule}, layout);
    const blocks = [legend, formatId(line.id, layout) + formatPrompt(line.prompt, layout) + responses];
    return (
      gap +
      blocks
        .filter(block => block !== '')
        .join('\n')
        .trimEnd()
    );
  };
}

function formatResponses(
  scored: readonly ScoredResponse[],
  schedule: Parameters<typeof tokenRewards>[1],
  layout: TraceLayout,
): string {
  return scored
    .map((response, index) => {
      const {starts} = response.tokens;
      const view = {...response, tokens: {starts, rewards: tokenRewards(response.tokens, schedule)}};
      const name = scored.length > 1 ? `\nResponse ${index + 1} of ${scored.length}\n` : '';
      return name + formatResponse(view, layout);
    })
    .join('');
}

function formatId(id: unknown, {chalk, width}: TraceLayout): string {
  return typeof id === 'string' || typeof id === 'number'
    ? formatText([{text: String(id), paint: text => chalk.dim(text)}], width)
        .map(row => `${row}\n`)
        .join('')
    : '';
}
