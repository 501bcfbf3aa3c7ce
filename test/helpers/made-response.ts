import type {ScoredResponse} from '../../lib/index.js';
import type {BetaSchedule} from '../../lib/reward/beta-schedule.js';
import {scoreResponse} from '../../lib/score/score-response.js';
import {splitSteps} from '../../lib/steps/split-steps.js';
import {utf16Offsets} from '../../lib/text/utf16-offsets.js';

interface MadeResponseOptions {
  beta?: number;
  betaSchedule?: BetaSchedule;
  complete?: boolean;
  reference?: boolean;
  /** The bytes of a token. */
  length?: number;
}

/** A scored response that no model has seen: tokens of a few bytes, log-probabilities that look random but are not. */
export function madeResponse(
  response: string,
  {beta = 0.3, betaSchedule, complete = true, reference = true, length = 3}: MadeResponseOptions = {},
): Omit<ScoredResponse, 'usage'> {
  const bytes = Buffer.byteLength(response);
  const offsets = Array.from({length: Math.ceil(bytes / length)}, (_, index) => index * length);
  const starts = Uint32Array.from([
    ...utf16Offsets(response, offsets),
    ...(complete ? [response.length] : []),
  ]);
  const policyLogprobs = Float32Array.from(starts, (_, index) => -2 * Math.abs(Math.sin(index + bytes)));
  const referenceLogprobs = policyLogprobs.map((logprob, index) => logprob - Math.cos(3 * index));
  return scoreResponse(
    {response, spans: splitSteps(response)},
    {
      ...{tokens: new Int32Array(starts.length), promptLength: 0, starts},
      ...{rendering: 'continuation', unscored: [], isCutByTemplate: false},
    },
    {policyLogprobs, referenceLogprobs: reference ? referenceLogprobs : null},
    {beta, betaSchedule, aggregate: 'min', scoreBy: 'reward'},
  );
}
