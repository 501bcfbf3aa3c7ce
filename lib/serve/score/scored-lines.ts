import {resultOf} from '../../score/result-of.js';
import {scoreSteps} from '../../score/score-steps.js';
import type {ScoringPair} from '../../score/scoring-pair.js';
import type {ScoreCall} from './input.js';

/** How many responses are scored at a time: enough to fill a batch, few enough for the first to come soon. */
const atOnce = 16;

/** A line for each response of a call, in order. No more is scored than is asked for. */
export async function* scoredLines(
  pair: ScoringPair,
  {prompt, responses, one, complete, options}: ScoreCall,
  {tokens, signal}: {tokens: boolean; signal: AbortSignal},
): AsyncGenerator<object, void> {
  if (!responses) {
    const {usage, ...scored} = await scoreSteps(pair, {prompt, ...one, complete}, {...options, signal});
    yield {index: 0, ...resultOf({...scored, usage}, {tokens}), usage};
    return;
  }

  for (let start = 0; start < responses.length; start += atOnce) {
    const some = responses.slice(start, start + atOnce);
    const scored = await scoreSteps(pair, {prompt, responses: some, complete}, {...options, signal});
    for (const [index, result] of scored.entries()) {
      yield {index: start + index, ...resultOf(result, {tokens}), usage: result.usage};
    }
  }
}
