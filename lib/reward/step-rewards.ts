import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import {type BetaSchedule, betaWeights} from './beta-schedule.js';
import {sigmoid} from './sigmoid.js';

/** What {@link stepRewards} needs to know of one response of T tokens and K steps. */
export interface StepRewardsInput {
  /** log π_θ(y_t | x, y_<t) for t = 1 … T, in nats, finite. */
  policyLogprobs: ArrayLike<number>;
  /**
   * log π_ref(y_t | x, y_<t) for t = 1 … T, in nats, finite. Without it the policy's log-probabilities stand for
   * the log-ratios, which the authors call "w/o ref".
   */
  referenceLogprobs?: ArrayLike<number> | undefined;
  /**
   * For each of the K ≥ 1 steps the index one past its last token: ascending, a step may be without a token, the
   * last is T. As `stepBoundaries` returns it.
   */
  stepEnds: ArrayLike<number>;
  /** β, the reward of one nat, finite and above 0. 0.05 if left out, the paper's value in training. */
  beta?: number | undefined;
  /** How β changes over the response, `'constant'` if left out. */
  betaSchedule?: BetaSchedule | undefined;
}

/** What one step k of a response is worth. */
export interface StepReward {
  /** Index of the step's first token in the response. */
  tokenStart: number;
  /** Index one past the step's last token; equal to `tokenStart` for a step without a token of its own. */
  tokenEnd: number;
  /** Σ ρ_t over the step's tokens, ρ_t = log π_θ − log π_ref, in nats, without β or its schedule. */
  logRatio: number;
  /** r_k = β Σ w_t ρ_t over the step's tokens = q_k − q_(k−1), in units of reward. */
  reward: number;
  /** q_k = r_1 + … + r_k, in units of reward: what outcome to expect after this step. The last is the outcome reward. */
  q: number;
  /** σ(q_k), 0 … 1: how likely the outcome is right, going by the response up to the end of this step. */
  probability: number;
}

/**
 * Computes the process rewards of one response from the log-probabilities of its tokens under two models.
 *
 * The outcome reward model of arXiv 2412.01981, section 3, is r(y) = β log (π_θ(y) / π_ref(y)). By its
 * Proposition 3.1 the same sum up to a token, q = β Σ log (π_θ / π_ref), is an exponential average of r(y) over the
 * ways the reference might go on from there: a Q value, as in arXiv 2404.12358. The reward of a step is the
 * difference of the Q values at its ends, which is the sum over its own tokens.
 *
 * Sums are taken in doubles, in the order of the tokens.
 *
 * @param input - log-probabilities in nats, the ends of the steps, β and its schedule
 * @returns one {@link StepReward} a step; the rewards add up to the last `q`, the outcome reward
 * @throws {@link InvalidInputError} if there are not as many log-probabilities of the one model as of the other, if
 * one is not finite, if β is not a finite number above 0, if the ends of the steps do not ascend to the number of
 * tokens, or for a wrong schedule
 */
export function stepRewards(input: StepRewardsInput): StepReward[] {
  const {policyLogprobs, referenceLogprobs, stepEnds, beta = 0.05, betaSchedule = 'constant'} = input;
  checkBeta(beta);
  checkStepEnds(stepEnds, policyLogprobs.length);
  const ratios = logRatios(policyLogprobs, referenceLogprobs);
  const weights = betaWeights(betaSchedule, ratios.length);
  let tokenStart = 0;
  let q = 0;
  return Array.from(stepEnds, tokenEnd => {
    const sums = sumOver(ratios, weights, tokenStart, tokenEnd);
    const reward = beta * sums.weighted;
    q += reward;
    const step = {tokenStart, tokenEnd, logRatio: sums.plain, reward, q, probability: sigmoid(q)};
    tokenStart = tokenEnd;
    return step;
  });
}

function sumOver(ratios: Float64Array, weights: Float64Array, start: number, end: number) {
  let plain = 0;
  let weighted = 0;
  for (let index = start; index < end; index++) {
    plain += ratios[index]!;
    weighted += weights[index]! * ratios[index]!;
  }

  return {plain, weighted};
}

function logRatios(policy: ArrayLike<number>, reference: ArrayLike<number> | undefined): Float64Array {
  checkLogprobs('policyLogprobs', policy);
  // A copy in doubles: `map` on a Float32Array would round the differences to single precision.
  const ratios = Float64Array.from(policy);
  if (reference === undefined) {
    return ratios;
  }

  if (reference.length !== policy.length) {
    throw new InvalidInputError(
      `Both models have to score the same tokens, but there are ${policy.length} policyLogprobs and ` +
        `${reference.length} referenceLogprobs.`,
    );
  }

  checkLogprobs('referenceLogprobs', reference);
  return ratios.map((logprob, index) => logprob - reference[index]!);
}

function checkLogprobs(name: string, logprobs: ArrayLike<number>): void {
  for (let index = 0; index < logprobs.length; index++) {
    if (!Number.isFinite(logprobs[index])) {
      throw new InvalidInputError(
        `Log-probabilities have to be finite, but ${name}[${index}] is ${showValue(logprobs[index])}.`,
      );
    }
  }
}

function checkBeta(beta: number): void {
  if (!(Number.isFinite(beta) && beta > 0)) {
    throw new InvalidInputError(`beta has to be a finite number above 0, not ${showValue(beta)}.`);
  }
}

function checkStepEnds(stepEnds: ArrayLike<number>, tokenCount: number): void {
  let before = 0;
  for (let index = 0; index < stepEnds.length; index++) {
    const end = stepEnds[index];
    if (!(Number.isSafeInteger(end) && end! >= before && end! <= tokenCount)) {
      throw new InvalidInputError(
        `stepEnds have to ascend within the ${tokenCount} tokens, but stepEnds[${index}] is ${showValue(end)} ` +
          `after ${before}.`,
      );
    }

    before = end!;
  }

  if (stepEnds.length === 0 || before !== tokenCount) {
    throw new InvalidInputError(
      `The last of stepEnds has to be the number of tokens, ${tokenCount}, but stepEnds is ${showValue(stepEnds)}.`,
    );
  }
}
