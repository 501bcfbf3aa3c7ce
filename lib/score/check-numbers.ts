import {EvaluationError} from '../errors/evaluation-error.js';
import type {StepReward} from '../reward/step-rewards.js';

/** Anything beyond is no reward: a nat is worth β, and a response has thousands of them at most. */
const largestReward = 1e6;

/** Tokens of a response and where in it they begin. */
interface Places {
  ids: Int32Array;
  starts: Uint32Array;
}

/**
 * Makes sure that a model gave numbers.
 *
 * @param model - which one, for the error
 * @throws {@link EvaluationError} `EVALUATION_FAILED` with the first token that has none, and its place
 */
export function checkLogprobs(
  model: 'policy' | 'reference',
  logprobs: Float32Array,
  {ids, starts}: Places,
): void {
  const index = logprobs.findIndex(logprob => !Number.isFinite(logprob));
  if (index !== -1) {
    throw new EvaluationError(
      'EVALUATION_FAILED',
      `The ${model} gives token ${index} of the response (number ${ids[index]} in the vocabulary, at character ` +
        `${starts[index]}) the log-probability ${logprobs[index]}: its weights are broken, or too large for the ` +
        'precision it is evaluated in.',
    );
  }
}

/** Makes sure that rewards are of a size that rewards have. Throws as {@link checkLogprobs}. */
export function checkRewards(rewards: readonly StepReward[], {ids, starts}: Places): void {
  const index = rewards.findIndex(({reward, q}) => Math.max(Math.abs(reward), Math.abs(q)) > largestReward);
  if (index !== -1) {
    const {tokenStart, reward, q} = rewards[index]!;
    throw new EvaluationError(
      'EVALUATION_FAILED',
      `Step ${index + 1}, from token ${tokenStart} of the response (number ${ids[tokenStart]} in the vocabulary, at ` +
        `character ${starts[tokenStart]}) on, has a reward of ${reward} and a Q value of ${q}, but no reward is beyond ` +
        `±${largestReward}: the models are broken, or do not belong together, or β is far too large.`,
    );
  }
}
