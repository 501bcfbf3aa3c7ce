import type {SequenceLogprobs} from '../engine/engine.js';
import {tokenUsage} from '../engine/token-usage.js';
import type {Pair} from '../pair/pair.js';
import {betaWeights} from '../reward/beta-schedule.js';
import {joinSteps} from '../steps/join-steps.js';
import {splitSteps} from '../steps/split-steps.js';
import {check} from '../utils/check.js';
import {checkLength} from './check-length.js';
import {type ResponseLogprobs, type SplitResponse, scoreResponse} from './score-response.js';
import {scoreInputSchema, scoreOptionsSchema} from './score-schema.js';
import type {ScoredResponse, ScoreManyInput, ScoreOneInput, ScoreOptions} from './score-types.js';

/**
 * Scores a response, or several, step by step: the process rewards of arXiv 2412.01981, section 3. Both models are run
 * over the prompt once and over every response, and β times the log-ratio of a step's tokens is its reward.
 *
 * A response is tokenised once, together with its prompt. A token belongs to the step in which it begins, a separator
 * to the step before it, and the end-of-turn token of a finished response to its last step.
 *
 * @param pair - an open pair
 * @param input - a prompt with one `response`, or its `steps`, or several `responses`
 * @param options - β, how to split and aggregate, a signal, progress
 * @returns one result for one response, an array in order for `responses`
 * @throws {@link InvalidInputError} before any model runs, {@link ContextOverflowError} likewise,
 * {@link ChatTemplateError}, {@link PairClosedError}, {@link EvaluationError}
 */
export async function scoreSteps(
  pair: Pair,
  input: ScoreOneInput,
  options?: ScoreOptions,
): Promise<ScoredResponse>;
export async function scoreSteps(
  pair: Pair,
  input: ScoreManyInput,
  options?: ScoreOptions,
): Promise<ScoredResponse[]>;
export async function scoreSteps(
  pair: Pair,
  input: ScoreOneInput | ScoreManyInput,
  options?: ScoreOptions,
): Promise<ScoredResponse | ScoredResponse[]>;
export async function scoreSteps(
  pair: Pair,
  input: ScoreOneInput | ScoreManyInput,
  options: ScoreOptions = {},
): Promise<ScoredResponse | ScoredResponse[]> {
  const {prompt, response, responses, steps, complete} = check(scoreInputSchema, input, "scoreSteps' input");
  const checked = check(scoreOptionsSchema, options, "scoreSteps' options");
  const {split, betaSchedule, allowSpecialTokens, signal, onProgress} = checked;
  // Fails now rather than after the models have run, if the schedule is none.
  betaWeights(betaSchedule ?? 'constant', 1);
  const parts = (responses ?? [response]).map(text => splitResponse(text, steps, split));
  signal?.throwIfAborted();
  const texts = parts.map(part => part.response);
  const tokenised = await pair.tokeniser.tokenise(prompt, texts, {complete, allowSpecialTokens});
  for (const [index, tokens] of tokenised.entries()) {
    checkLength(tokens, pair.info.contextSize, `Response number ${index + 1}`);
  }

  const sequences = tokenised.map(({tokens, promptLength}) => ({tokens, from: promptLength}));
  const logprobs = await pair.engine.logprobs(sequences, {signal, onProgress});
  const rewardOptions = {...checked, beta: checked.beta ?? pair.info.beta};
  const results = parts.map((part, index) => ({
    ...scoreResponse(part, tokenised[index]!, logprobsOf(logprobs, index), rewardOptions),
    usage: tokenUsage(logprobs, index, sequences[index]!),
  }));
  return responses === undefined ? results[0]! : results;
}

function splitResponse(
  response: string | undefined,
  steps: readonly string[] | undefined,
  split: ScoreOptions['split'],
): SplitResponse {
  if (steps !== undefined) {
    return joinSteps(steps, response);
  }

  return {response: response!, spans: splitSteps(response!, split)};
}

function logprobsOf({policy, reference}: SequenceLogprobs, index: number): ResponseLogprobs {
  return {policyLogprobs: policy[index]!, referenceLogprobs: reference && reference[index]!};
}
