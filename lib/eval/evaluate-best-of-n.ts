import {z} from 'zod';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {sigmoid} from '../reward/sigmoid.js';
import {check} from '../utils/check.js';
import {bestOfNOutcomes} from './best-of-n-outcomes.js';
import type {BestOfNEvaluation, BestOfNMethod, BestOfNOptions, BestOfNProblem} from './best-of-n-types.js';
import {bootstrap} from './bootstrap.js';
import {bootstrapShape} from './bootstrap-options.js';
import {calibrate} from './calibration.js';
import {stepValuesSchema} from './step-values.js';

const problemsSchema = z
  .array(
    z.object({
      candidates: z
        .array(
          z.object({
            answer: z.string().nullable(),
            correct: z.boolean(),
            steps: stepValuesSchema,
            withoutReference: stepValuesSchema.optional(),
          }),
        )
        .min(1),
    }),
  )
  .min(1);
const optionsSchema = z.strictObject({
  counts: z.array(z.int().min(1)).min(1).optional(),
  same: z.custom<NonNullable<BestOfNOptions['same']>>(value => typeof value === 'function').optional(),
  ...bootstrapShape,
});

/**
 * Measures how often the right answer is chosen from the first N responses to a problem, as in section 4 of
 * arXiv 2412.01981, for every aggregate, vote and baseline at once. Runs no model.
 *
 * On a tie the earlier response wins, in a vote the answer seen first. Confidence intervals are over problems.
 *
 * @param problems - problems with scored responses, at least one
 * @param options - the values of N, which answers are the same, how to make confidence intervals
 * @throws {@link InvalidInputError} for no problem, a problem without a response or with fewer than N of them
 */
export function evaluateBestOfN(
  problems: readonly BestOfNProblem[],
  options: BestOfNOptions = {},
): BestOfNEvaluation {
  check(problemsSchema, problems, "evaluateBestOfN's problems");
  const {counts: wanted, same, ...drawing} = check(optionsSchema, options, "evaluateBestOfN's options");
  const fewest = problems.reduce((least, {candidates}) => Math.min(least, candidates.length), Infinity);
  const counts = wanted ?? [1, 2, 4, 8, 16, 32, 64].filter(n => n <= fewest);
  const tooMany = counts.find(n => n > fewest);
  if (tooMany !== undefined) {
    throw new InvalidInputError(
      `N cannot be ${tooMany}: there is a problem with ${fewest} ${fewest === 1 ? 'response' : 'responses'}.`,
    );
  }

  const candidates = problems.flatMap(problem => problem.candidates);
  return {
    problems: problems.length,
    responses: candidates.length,
    counts,
    ...accuracies(bestOfNOutcomes(problems, counts, same), counts, drawing),
    calibration: calibrate(
      candidates.map(({steps, correct}) => ({probability: sigmoid(steps.at(-1)!.q), correct})),
    ),
  };
}

function accuracies(
  outcomes: ReadonlyMap<BestOfNMethod, Float64Array[]>,
  counts: readonly number[],
  drawing: {resamples: number; seed: number},
): Pick<BestOfNEvaluation, 'accuracy' | 'gainOverMajority'> {
  // All from the same draws, so that a problem is in all of them or in none.
  const gains = counts.map((_, index) => {
    const majority = outcomes.get('majority')![index]!;
    return outcomes.get('min')![index]!.map((value, problem) => value - majority[problem]!);
  });
  const rows = [...[...outcomes.values()].flat(), ...gains];
  const estimates = bootstrap(
    rows[0]!.length,
    weights => rows.map(row => weightedMean(row, weights)),
    drawing,
  );
  const perMethod = (place: number) =>
    counts.map((n, index) => ({n, ...estimates[place * counts.length + index]!}));
  const names = [...outcomes.keys()];
  return {
    accuracy: Object.fromEntries(names.map((name, place) => [name, perMethod(place)])),
    gainOverMajority: perMethod(names.length),
  };
}

/** The weights of a draw add up to the number of values. */
function weightedMean(values: Float64Array, weights: Uint32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    sum += values[index]! * weights[index]!;
  }

  return sum / values.length;
}
