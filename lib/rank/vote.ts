import {z} from 'zod';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import {sigmoid} from '../reward/sigmoid.js';
import {check} from '../utils/check.js';
import {groupAnswers} from './group-answers.js';
import {inputOrder} from './input-order.js';
import type {AnsweredResponse, AnswerGroup, VoteOptions, VoteResult} from './vote-types.js';

const isFunction = (value: unknown) => typeof value === 'function';

const responsesSchema = z
  .array(z.object({answer: z.string().nullable(), score: z.number(), index: z.int().min(0).optional()}))
  .min(1);
const optionsSchema = z
  .strictObject({
    by: z.literal(['majority', 'weighted', 'best']),
    same: z.custom<NonNullable<VoteOptions['same']>>(isFunction, 'expected a function').optional(),
    weight: z.custom<NonNullable<VoteOptions['weight']>>(isFunction, 'expected a function').optional(),
  })
  .refine(({by, weight}) => by === 'weighted' || weight === undefined, {
    path: ['weight'],
    message: "leave it out: only by: 'weighted' weighs votes",
  });

/**
 * Lets the final answers of several responses vote: majority voting, with or without the weights of the reward model,
 * as in arXiv 2412.01981, section 4.
 *
 * A response without an answer has no vote. Of answers with equal weights the one wins that is seen first in the
 * input: among responses as `rankResponses` returns them that is by `index`, so a ranking votes as the unsorted
 * responses would.
 *
 * @param scored - at least one response; either all with an `index` or none
 * @param options - what a vote counts, which answers are the same
 * @returns the winning answer and all answers with their weights
 * @throws {@link InvalidInputError} if there is no response, if a score is no finite number, if an index is not unique,
 * for an unknown rule, or if `same` or `weight` return what they should not; whatever they throw comes through
 */
export function vote(scored: readonly AnsweredResponse[], options: VoteOptions): VoteResult {
  const responses = inputOrder(check(responsesSchema, scored, "vote's responses"));
  const {same, ...rule} = check(optionsSchema, options, "vote's options");
  const placed = responses.map((response, place) => ({...response, index: response.index ?? place}));
  const groups = groupAnswers(placed, same)
    .map(members => toGroup(members, rule))
    .sort((a, b) => b.weight - a.weight);
  const {answer = null, weight = 0} = groups[0] ?? {};
  return {answer, weight, groups};
}

type PlacedResponse = AnsweredResponse & {index: number};

function toGroup(members: readonly PlacedResponse[], rule: Pick<VoteOptions, 'by' | 'weight'>): AnswerGroup {
  return {
    answer: members[0]!.answer!,
    count: members.length,
    weight: groupWeight(
      members.map(({score}) => score),
      rule,
    ),
    members: members.map(({index}) => index),
  };
}

function groupWeight(
  scores: readonly number[],
  {by, weight = sigmoid}: Pick<VoteOptions, 'by' | 'weight'>,
): number {
  switch (by) {
    case 'majority':
      return scores.length;
    case 'weighted':
      return sum(scores.map(score => checkedWeight(weight(score), score)));
    case 'best':
      return scores.reduce((best, score) => Math.max(best, score));
  }
}

function checkedWeight(weight: unknown, score: number): number {
  if (typeof weight === 'number' && Number.isFinite(weight)) {
    return weight;
  }

  throw new InvalidInputError(
    `A vote's weight has to be a finite number, but weight returned ${showValue(weight)} for the score ${score}.`,
  );
}

// In one order always: another order of the responses must not change the last digit and with it a winner.
function sum(weights: readonly number[]): number {
  return weights.toSorted((a, b) => a - b).reduce((total, weight) => total + weight, 0);
}
