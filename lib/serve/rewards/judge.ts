import type {TokenUsage} from '../../engine/token-usage.js';
import {tokenUsage} from '../../engine/token-usage.js';
import {checkLength} from '../../score/check-length.js';
import {scoreResponse} from '../../score/score-response.js';
import {scoreSteps} from '../../score/score-steps.js';
import type {ScoredResponse} from '../../score/score-types.js';
import type {Prompt} from '../../text/prompt.js';
import type {Served} from '../served.js';

/** A response that a trainer wants judged. */
export interface Judged {
  prompt: Prompt;
  response: string;
  /** Its steps, if the sender has cut it. */
  steps?: readonly string[] | undefined;
  complete: boolean;
  /** Whether texts of special tokens in it are these tokens: where a template has written it. */
  allowSpecialTokens: boolean;
}

/** What is made of it. */
export type Judgement = Pick<ScoredResponse, 'steps' | 'reward' | 'score'> & {
  /** Of prompt and response together. */
  tokenCount: number;
};

/** Judges responses: one after the other if they are given so, but all are evaluated together. */
export async function judge(
  served: Served,
  all: readonly Judged[],
  signal: AbortSignal,
): Promise<Judgement[]> {
  // One that fails stops the others.
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  return Promise.all(
    all.map(async one => {
      try {
        const scored = await (one.response.trim() === '' && one.steps === undefined
          ? judgeBlank(served, one, stop)
          : judgeSteps(served, one, stop));
        return {...scored, tokenCount: tokenCount(scored.usage, served.pair.info.reference !== null)};
      } catch (error) {
        failure.abort(error);
        throw error;
      }
    }),
  );
}

async function judgeSteps(served: Served, one: Judged, signal: AbortSignal): Promise<ScoredResponse> {
  const {prompt, response, steps, complete, allowSpecialTokens} = one;
  const {split, aggregate} = served.options;
  const input = steps ? {prompt, steps, complete} : {prompt, response, complete};
  return scoreSteps(served.scoring, input, {split, aggregate, allowSpecialTokens, signal});
}

/** A model may write nothing and end its turn: the token that ends it is then all that has a reward. */
async function judgeBlank(
  served: Served,
  {prompt, response, complete, allowSpecialTokens}: Judged,
  signal: AbortSignal,
): Promise<ScoredResponse> {
  const {engine, tokeniser, info} = served.scoring;
  const [tokenised] = await tokeniser.tokenise(prompt, [response], {complete, allowSpecialTokens, signal});
  checkLength(tokenised!, info.contextSize, 'The response');
  const sequence = {tokens: tokenised!.tokens, from: tokenised!.promptLength};
  const logprobs = await engine.logprobs([sequence], {signal});
  const spans = [{text: response, start: 0, end: response.length}];
  const scored = scoreResponse(
    {response, spans},
    tokenised!,
    {policyLogprobs: logprobs.policy[0]!, referenceLogprobs: logprobs.reference?.[0] ?? null},
    {beta: info.beta, aggregate: served.options.aggregate, scoreBy: 'reward'},
  );
  return {...scored, usage: tokenUsage(logprobs, 0, sequence)};
}

/** Each model needs all tokens but the last, which is only predicted. */
function tokenCount({evaluated, reused}: TokenUsage, hasReference: boolean): number {
  return (evaluated + reused) / (hasReference ? 2 : 1) + 1;
}
