import {evaluateBestOfN} from '../../eval/best-of-n/evaluate.js';
import type {BestOfNCandidate, BestOfNProblem} from '../../eval/best-of-n/types.js';
import {calibrate} from '../../eval/calibration.js';
import type {BetaSchedule} from '../../reward/beta-schedule.js';
import {sigmoid} from '../../reward/sigmoid.js';
import type {ReportPrompt, ReportResponse, ReportResult} from '../types.js';
import {groupResults, type ReportGroup} from './group-results.js';
import {packCounts, packNumbers} from './pack.js';
import {responseLabels} from './response-labels.js';
import {findSchedule, tokenRewards} from './token-rewards.js';
import type {BestOfNData, PromptData, ReportData, ResponseData, StepData, TokenData} from './types.js';

/** Fewer than an evaluation draws: the page is to be there soon, and shows bands, not digits. */
const resamples = 500;

/** Works out what a page shows of results that have been checked. */
export function buildReportData(
  results: readonly ReportResult[],
): Omit<ReportData, 'title' | 'generator' | 'skipped'> {
  const groups = groupResults(results);
  const tokenSizes: number[] = [];
  const schedule = findSchedule(groups.flatMap(({responses}) => responses));
  const responses = groups.flatMap(({responses}, prompt) =>
    responses.map(response => toResponse(response, {prompt, schedule, tokenSizes})),
  );
  const betas = new Set(responses.map(({tokens}) => tokens.beta && Number(tokens.beta.toPrecision(4))));
  return {
    beta: betas.size === 1 ? [...betas][0]! : null,
    prompts: toPrompts(groups),
    responses,
    scales: {
      token: colourScale(tokenSizes, 0.98),
      step: colourScale(
        responses.flatMap(({steps}) => steps.rewards),
        0.9,
      ),
      q: colourScale(
        responses.flatMap(({steps}) => steps.qs),
        0.9,
      ),
    },
    ...evaluations(responses, groups.length),
  };
}

function toPrompts(groups: readonly ReportGroup[]): PromptData[] {
  let first = 0;
  return groups.map(({prompt: {prompt, id, reference}, responses}) => {
    first += responses.length;
    return {
      id: shown(id),
      text: prompt ? promptText(prompt) : null,
      reference: shown(reference),
      first: first - responses.length,
      count: responses.length,
    };
  });
}

/** An identifier may be any JSON. */
export function shown(value: unknown): string | null {
  return value === undefined || value === null || typeof value === 'string'
    ? (value ?? null)
    : JSON.stringify(value);
}

interface ResponseContext {
  /** Which prompt it answers. */
  prompt: number;
  schedule: BetaSchedule;
  /** Takes what tokens earn, for the scale of their colours. */
  tokenSizes: number[];
}

function toResponse(response: ReportResponse, {prompt, schedule, tokenSizes}: ResponseContext): ResponseData {
  return {
    prompt,
    id: shown(response.id),
    text: response.response,
    // The end-of-turn token begins behind the text.
    finished: response.tokens.starts[response.tokens.starts.length - 1] === response.response.length,
    score: rounded(response.score),
    ...responseLabels(response),
    steps: toSteps(response.steps),
    tokens: toTokens(response, schedule, tokenSizes),
  };
}

function toSteps(steps: ReportResponse['steps']): StepData {
  return {
    starts: steps.map(({start}) => start),
    ends: steps.map(({end}) => end),
    tokenEnds: steps.map(({tokenEnd}) => tokenEnd),
    logRatios: steps.map(({logRatio}) => rounded(logRatio)),
    rewards: steps.map(({reward}) => rounded(reward)),
    qs: steps.map(({q}) => rounded(q)),
  };
}

function toTokens(response: ReportResponse, schedule: BetaSchedule, sizes: number[]): TokenData {
  const {starts, policyLogprobs, referenceLogprobs} = response.tokens;
  const {beta, rewards} = tokenRewards(response, schedule);
  for (let index = 0; index < starts.length; index++) {
    const ratio = policyLogprobs[index]! - (referenceLogprobs?.[index] ?? 0);
    sizes.push(rewards?.[index] ?? beta! * ratio);
  }

  return {
    count: starts.length,
    gaps: packCounts(Array.from(starts, (start, index) => start - (index === 0 ? 0 : starts[index - 1]!))),
    policy: packNumbers(policyLogprobs),
    reference: referenceLogprobs && packNumbers(referenceLogprobs),
    rewards: rewards && packNumbers(rewards),
    beta: beta && rounded(beta),
  };
}

function evaluations(
  responses: readonly ResponseData[],
  count: number,
): Pick<ReportData, 'bestOfN' | 'calibration'> {
  const problems = Array.from({length: count}, () => ({
    candidates: [] as BestOfNCandidate[],
    labelled: true,
  }));
  for (const {prompt, answer, correct, steps} of responses) {
    const problem = problems[prompt]!;
    problem.labelled &&= correct !== null;
    problem.candidates.push({
      answer,
      correct: correct ?? false,
      steps: steps.rewards.map((reward, index) => ({reward, q: steps.qs[index]!})),
    });
  }

  const forecasts = responses.flatMap(({correct, steps}) =>
    correct === null ? [] : [{probability: sigmoid(steps.qs.at(-1)!), correct}],
  );
  return {
    bestOfN: bestOfNData(problems.filter(({labelled}) => labelled)),
    calibration: forecasts.length === 0 ? null : calibrate(forecasts),
  };
}

/**
 * Measures best-of-N.
 *
 * @param problems - those with a label for each response
 * @returns `null` if none has several responses
 */
function bestOfNData(problems: readonly BestOfNProblem[]): BestOfNData | null {
  const several = problems.filter(({candidates}) => candidates.length > 1);
  if (several.length === 0) {
    return null;
  }

  const {problems: count, counts, accuracy} = evaluateBestOfN(several, {resamples});
  return {problems: count, counts, accuracy};
}

/** A prompt as text to be read. */
export function promptText(prompt: NonNullable<ReportPrompt['prompt']>): string {
  if (typeof prompt === 'string') {
    return prompt;
  }

  if ('raw' in prompt) {
    return typeof prompt.raw === 'string' ? prompt.raw : `${prompt.raw.length} tokens`;
  }

  // One turn of the user is what a plain string stands for.
  const [first] = prompt;
  return prompt.length === 1 && first?.role === 'user'
    ? first.content
    : prompt.map(({role, content}) => `${role}: ${content}`).join('\n\n');
}

/**
 * Chooses the size from which on colours are full: one that most values stay under, so that a few extreme ones do
 * not leave all others pale.
 *
 * @param values - of either sign; zeros do not count
 * @param share - how many of the values stay under it, 0 … 1
 * @returns a number above 0
 */
export function colourScale(values: Iterable<number>, share: number): number {
  const sizes = Float64Array.from(values, Math.abs)
    .filter(size => size > 0)
    .sort();
  return sizes.length === 0 ? 1 : Number(sizes[Math.floor(share * (sizes.length - 1))]!.toPrecision(2));
}

/** Rounds a number to six digits, which is more than a page shows. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
