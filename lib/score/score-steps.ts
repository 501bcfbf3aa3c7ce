import type {SequenceLogprobs} from '../engine/engine.js';
import {ContextOverflowError} from '../errors/context-overflow-error.js';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import type {Pair} from '../pair/pair.js';
import {aggregate} from '../reward/aggregate.js';
import {betaWeights} from '../reward/beta-schedule.js';
import {stepRewards} from '../reward/step-rewards.js';
import {joinSteps} from '../steps/join-steps.js';
import {splitSteps} from '../steps/split-steps.js';
import {stepBoundaries} from '../steps/step-boundaries.js';
import type {StepSpan} from '../steps/step-span.js';
import type {TokenisedResponse} from '../text/conversation-tokeniser.js';
import {check} from '../utils/check.js';
import {scoreInputSchema, scoreOptionsSchema} from './score-schema.js';
import type {ScoredResponse, ScoreManyInput, ScoreOneInput, ScoreOptions} from './score-types.js';

/** A response with its steps, before any model has seen it. */
interface SplitResponse {
  response: string;
  spans: StepSpan[];
}

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
  checkLengths(tokenised, pair.info.contextSize);
  const sequences = tokenised.map(({tokens, promptLength}) => ({tokens, from: promptLength}));
  const logprobs = await pair.engine.logprobs(sequences, {signal, onProgress});
  const results = parts.map((part, index) =>
    scoreOne(part, tokenised[index]!, logprobsOf(logprobs, index), {
      ...checked,
      beta: checked.beta ?? pair.info.beta,
    }),
  );
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

function scoreOne(
  {response, spans}: SplitResponse,
  {tokens, promptLength, starts}: TokenisedResponse,
  logprobs: {policyLogprobs: Float32Array; referenceLogprobs: Float32Array | null},
  options: {
    beta: number;
    betaSchedule?: ScoreOptions['betaSchedule'];
    aggregate: NonNullable<ScoreOptions['aggregate']>;
    scoreBy: NonNullable<ScoreOptions['scoreBy']>;
  },
): ScoredResponse {
  const stepEnds = stepBoundaries(
    starts,
    spans.map(({start}) => start),
  );
  const rewards = stepRewards({
    policyLogprobs: logprobs.policyLogprobs,
    referenceLogprobs: logprobs.referenceLogprobs ?? undefined,
    stepEnds,
    beta: options.beta,
    betaSchedule: options.betaSchedule,
  });
  const values = rewards.map(step => step[options.scoreBy]);
  return {
    response,
    steps: spans.map((span, index) => ({...span, ...rewards[index]!})),
    reward: rewards.at(-1)!.q,
    score: aggregate(values, options.aggregate),
    tokens: {ids: tokens.slice(promptLength), starts, ...logprobs},
  };
}

function logprobsOf({policy, reference}: SequenceLogprobs, index: number) {
  return {policyLogprobs: policy[index]!, referenceLogprobs: reference && reference[index]!};
}

function checkLengths(tokenised: readonly TokenisedResponse[], contextSize: number): void {
  for (const [index, {tokens, promptLength}] of tokenised.entries()) {
    if (promptLength === 0) {
      throw new InvalidInputError('The prompt is empty: nothing predicts the first token of the response.');
    }

    if (tokens.length === promptLength) {
      throw new InvalidInputError(
        `The response (number ${index + 1}) has no token of its own: its text is part of the prompt's last token.`,
      );
    }

    if (tokens.length > contextSize) {
      throw new ContextOverflowError(
        `Response number ${index + 1} does not fit the context: with its prompt it has ${tokens.length} tokens ` +
          `(${promptLength} + ${tokens.length - promptLength}), but the context has ${contextSize}. ` +
          'Open the pair with a larger contextSize, or shorten the text.',
      );
    }
  }
}
