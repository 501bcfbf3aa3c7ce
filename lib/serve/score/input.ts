import type {ScoreOneInput, ScoreOptions} from '../../score/score-types.js';
import type {Prompt} from '../../text/prompt.js';
import type {CheckedServerOptions} from '../server-options.js';
import type {ScoreRequest} from './schema.js';

/** A body of `/v1/score` as `scoreSteps` takes it. */
export interface ScoreCall {
  prompt: Prompt;
  /** The responses of a list; `undefined` if one was given. */
  responses: readonly string[] | undefined;
  /** The one response and its steps. */
  one: Pick<ScoreOneInput, 'response' | 'steps'>;
  complete: boolean;
  options: ScoreOptions;
}

/** Takes a body apart. */
export function scoreCall(request: ScoreRequest, defaults: CheckedServerOptions): ScoreCall {
  const {prompt, messages, raw, response, responses, steps, complete, tokens: _tokens, ...options} = request;
  return {
    // The schema has seen to it that there is one.
    prompt: prompt ?? messages ?? {raw: raw!},
    responses,
    one: {response, steps},
    complete,
    options: {
      ...options,
      split: options.split ?? defaults.split,
      aggregate: options.aggregate ?? defaults.aggregate,
    },
  };
}
