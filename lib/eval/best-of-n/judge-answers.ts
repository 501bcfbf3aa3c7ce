import type {Algebra} from '../../rank/algebra/algebra.js';
import {isRightAnswer} from '../../rank/equality/right-answer.js';
import type {UnscoredProblem} from './problem.js';
import type {BestOfNCandidate} from './types.js';

/**
 * Tells which answers to a problem are right. Of answers that only algebra finds to be the same, all become the first: so
 * votes on them need no algebra.
 *
 * @param algebra - compares the answers; the rules do if left out
 * @param signal - gives up
 */
export async function judgeAnswers(
  {reference, responses}: UnscoredProblem,
  algebra: Algebra | undefined,
  signal: AbortSignal | undefined,
): Promise<Pick<BestOfNCandidate, 'answer' | 'correct'>[]> {
  const answers = responses.map(({answer}) => answer);
  // The reference first, so that whoever agrees with one that agrees with it does not change what is right.
  const same = await algebra?.among([reference, ...answers], {signal});
  const firstOf = (answer: string) =>
    same ? answers.find(other => other !== null && same(other, answer))! : answer;
  return responses.map(({answer, correct}) => ({
    answer: answer === null ? null : firstOf(answer),
    correct: correct ?? isRightAnswer(answer, reference!, same),
  }));
}
