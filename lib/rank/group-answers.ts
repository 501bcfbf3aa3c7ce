import {InvalidInputError} from '../errors/invalid-input-error.js';
import {showValue} from '../errors/show-value.js';
import {answerKey} from './equality/answer-key.js';

/**
 * Puts together the responses with the same answer. Each joins the first group whose first member has the same answer
 * as it, so the groups are well-defined even if the comparer is not transitive. Responses without an answer join
 * none.
 *
 * @param responses - in the order that counts
 * @param same - tells whether two answers are the same; called with the answer of a group's first member first. The
 * default comparer if left out, at the cost of one look at each answer
 * @returns the groups in the order of their first members, each with at least one
 * @throws {@link InvalidInputError} if the comparer returns anything but true or false
 */
export function groupAnswers<T extends {answer: string | null}>(
  responses: readonly T[],
  same?: (a: string, b: string) => boolean,
): T[][] {
  const answered = responses.filter(({answer}) => answer !== null);
  return same ? groupByComparer(answered, same) : groupByKey(answered);
}

function groupByKey<T extends {answer: string | null}>(answered: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const response of answered) {
    const key = answerKey(response.answer!);
    const group = groups.get(key);
    if (group) {
      group.push(response);
    } else {
      groups.set(key, [response]);
    }
  }

  return [...groups.values()];
}

function groupByComparer<T extends {answer: string | null}>(
  answered: readonly T[],
  same: (a: string, b: string) => boolean,
): T[][] {
  const groups: T[][] = [];
  for (const response of answered) {
    const group = groups.find(([first]) => checked(same(first!.answer!, response.answer!)));
    if (group) {
      group.push(response);
    } else {
      groups.push([response]);
    }
  }

  return groups;
}

// An async comparer would make every answer the same as the first, since a promise is truthy.
function checked(result: unknown): boolean {
  if (typeof result === 'boolean') {
    return result;
  }

  throw new InvalidInputError(`A comparer has to return true or false, but returned ${showValue(result)}.`);
}
