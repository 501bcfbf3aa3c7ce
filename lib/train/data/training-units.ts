import type {Objective} from '../objectives/objective.js';
import type {TrainingSet} from './training-set.js';

/** What a term of the loss is of: one example, or the right one and the wrong one of a pair. Indices of examples. */
export type Unit = readonly [example: number] | readonly [right: number, wrong: number];

/**
 * The terms of the loss for one prompt: each response, or, as the authors pair them, each right one with each wrong one.
 *
 * @param group - the prompt's number
 */
export function unitsOf({examples, groups}: TrainingSet, group: number, {paired}: Objective): Unit[] {
  const members = groups[group]!;
  if (!paired) {
    return members.map(member => [member] as const);
  }

  const right = members.filter(member => examples[member]!.correct);
  const wrong = members.filter(member => !examples[member]!.correct);
  return right.flatMap(one => wrong.map(other => [one, other] as const));
}
