import {EvaluationError} from '../errors/evaluation-error.js';
import type {ModelLogprobs, ModelName, TokenSequence} from './engine.js';

/**
 * Makes sure that a model gave numbers: what is none has no place in an order, and nothing is the likeliest beside it.
 *
 * @throws {@link EvaluationError} `EVALUATION_FAILED` with the place of the first that is none
 */
export function requireNumbers(
  model: ModelName,
  sequences: readonly TokenSequence[],
  {logprobs, likeliest}: ModelLogprobs,
): void {
  for (const [index, {from}] of sequences.entries()) {
    const own = logprobs[index]!;
    for (const row of likeliest ? [own, likeliest[index]!.logprobs] : [own]) {
      const place = row.findIndex(logprob => !Number.isFinite(logprob));
      if (place !== -1) {
        throw new EvaluationError(
          'EVALUATION_FAILED',
          `At token ${from + place} of sequences[${index}] the ${model} gives a log-probability of ${row[place]}: its ` +
            'weights are broken, or too large for the precision it is evaluated in.',
        );
      }
    }
  }
}
