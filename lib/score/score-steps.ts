import type {z} from 'zod';
import type {SequenceLogprobs} from '../engine/engine.js';
import {tokenUsage} from '../engine/token-usage.js';
import {betaWeights} from '../reward/beta-schedule.js';
import {joinSteps} from '../steps/join-steps.js';
import {splitStepsInTime} from '../steps/split-steps.js';
import type {Prompt} from '../text/prompt.js';
import type {RenderingOptions} from '../text/rendering.js';
import type {TokenisedResponse} from '../text/tokenised-response.js';
import {check} from '../utils/check.js';
import {checkLength} from './check-length.js';
import {type ResponseLogprobs, type SplitResponse, scoreResponse} from './score-response.js';
import {scoreInputSchema, scoreOptionsSchema} from './score-schema.js';
import type {ScoredResponse, ScoreInput, ScoreManyInput, ScoreOneInput, ScoreOptions} from './score-types.js';
import type {ScoringPair} from './scoring-pair.js';

/**
 * Scores a response, or several, step by step: the process rewards of arXiv 2412.01981, section 3. Both models are run
 * over the prompt once and over every response, and β times the log-ratio of a step's tokens is its reward.
 *
 * A response is tokenised once, together with its prompt. A token belongs to the step in which it begins, a separator
 * to the step before it, and the end-of-turn token of a finished response to its last step.
 *
 * Whatever sequences have in common is evaluated once: the prompt, the first steps of candidates of a search, examples
 * that several prompts begin with. Calls that wait together are evaluated together too.
 *
 * @param pair - an open {@link Pair}
 * @param input - a prompt with one `response`, or its `steps`, or several `responses`; or an array of such inputs
 * @param options - β, how to split and aggregate, a signal, progress
 * @returns one result for one response, an array in order for `responses`; for an array of inputs an array of these
 * @throws {@link InvalidInputError} before any model runs, {@link ContextOverflowError} likewise,
 * {@link ChatTemplateError}, {@link PairClosedError}, {@link EvaluationError}
 */
export async function scoreSteps(
  pair: ScoringPair,
  input: ScoreOneInput,
  options?: ScoreOptions,
): Promise<ScoredResponse>;
export async function scoreSteps(
  pair: ScoringPair,
  input: ScoreManyInput,
  options?: ScoreOptions,
): Promise<ScoredResponse[]>;
export async function scoreSteps(
  pair: ScoringPair,
  input: ScoreInput,
  options?: ScoreOptions,
): Promise<ScoredResponse | ScoredResponse[]>;
export async function scoreSteps(
  pair: ScoringPair,
  inputs: readonly ScoreOneInput[],
  options?: ScoreOptions,
): Promise<ScoredResponse[]>;
export async function scoreSteps(
  pair: ScoringPair,
  inputs: readonly ScoreManyInput[],
  options?: ScoreOptions,
): Promise<ScoredResponse[][]>;
export async function scoreSteps(
  pair: ScoringPair,
  inputs: readonly ScoreInput[],
  options?: ScoreOptions,
): Promise<(ScoredResponse | ScoredResponse[])[]>;
export async function scoreSteps(
  pair: ScoringPair,
  input: ScoreInput | readonly ScoreInput[],
  options: ScoreOptions = {},
): Promise<ScoredResponse | (ScoredResponse | ScoredResponse[])[]> {
  const checked = check(scoreOptionsSchema, options, "scoreSteps' options");
  const {betaSchedule, signal, onProgress} = checked;
  // Fails now rather than after the models have run, if the schedule is none.
  betaWeights(betaSchedule ?? 'constant', 1);
  const inputs: readonly ScoreInput[] = Array.isArray(input) ? input : [input];
  const prepared: SplitInput[] = [];
  for (const [index, one] of inputs.entries()) {
    prepared.push(await splitInput(one, Array.isArray(input) ? index + 1 : null, checked));
  }

  signal?.throwIfAborted();
  const tokenised: TokenisedResponse[][] = [];
  for (const one of prepared) {
    tokenised.push(await tokenise(pair, one, checked));
  }

  const sequences = tokenised.flat().map(({tokens, promptLength}) => ({tokens, from: promptLength}));
  const logprobs = await pair.engine.logprobs(sequences, {signal, onProgress});
  const rewardOptions = {...checked, beta: checked.beta ?? pair.info.beta};
  let sequence = 0;
  const results = prepared.map(({parts, isMany}, index) => {
    const scored = parts.map((part, partIndex) => {
      const at = sequence++;
      return {
        ...scoreResponse(part, tokenised[index]![partIndex]!, logprobsOf(logprobs, at), rewardOptions),
        usage: tokenUsage(logprobs, at, sequences[at]!),
      };
    });
    return isMany ? scored : scored[0]!;
  });
  return Array.isArray(input) ? results : results[0]!;
}

/** An input with its responses cut into steps. */
interface SplitInput {
  /** From 1 on; `null` for the only input of a call. */
  number: number | null;
  prompt: Prompt;
  parts: SplitResponse[];
  complete: boolean;
  isMany: boolean;
}

async function splitInput(
  input: ScoreInput,
  number: number | null,
  options: Pick<ScoreOptions, 'split' | 'signal'>,
): Promise<SplitInput> {
  const name = number === null ? "scoreSteps' input" : `Input number ${number} of scoreSteps`;
  const {prompt, response, responses, steps, complete} = check(scoreInputSchema, input, name);
  const parts: SplitResponse[] = [];
  for (const text of responses ?? [response]) {
    parts.push(await splitResponse(text, steps, options));
  }

  return {number, prompt, parts, complete, isMany: responses !== undefined};
}

async function tokenise(
  pair: ScoringPair,
  {number, prompt, parts, complete}: SplitInput,
  options: Pick<
    z.output<typeof scoreOptionsSchema>,
    'allowSpecialTokens' | 'signal' | keyof RenderingOptions
  >,
): Promise<TokenisedResponse[]> {
  const texts = parts.map(part => part.response);
  const {contextSize} = pair.info;
  const place = number === null ? '' : ` of input number ${number} of scoreSteps`;
  const nameOf = (index: number) => `Response number ${index + 1}${place}`;
  const {allowSpecialTokens, rendering, templateArguments, date, signal} = options;
  const tokenised: TokenisedResponse[] = [];
  for await (const tokens of pair.tokeniser.tokeniseEach(prompt, texts, {
    ...{complete, allowSpecialTokens, rendering, templateArguments, date},
    ...{contextSize, nameOf, signal},
  })) {
    // One that is too long stops the others.
    checkLength(tokens, contextSize, nameOf(tokenised.length));
    tokenised.push(tokens);
  }

  return tokenised;
}

async function splitResponse(
  response: string | undefined,
  steps: readonly string[] | undefined,
  {split, signal}: Pick<ScoreOptions, 'split' | 'signal'>,
): Promise<SplitResponse> {
  if (steps !== undefined) {
    return joinSteps(steps, response);
  }

  return {response: response!, spans: await splitStepsInTime(response!, split, signal)};
}

function logprobsOf({policy, reference}: SequenceLogprobs, index: number): ResponseLogprobs {
  return {policyLogprobs: policy[index]!, referenceLogprobs: reference && reference[index]!};
}
