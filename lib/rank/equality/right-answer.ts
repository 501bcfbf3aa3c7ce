import {sameAnswer} from './same-answer.js';

const percentSign = /\s*\\?%\s*\$?\s*$/;

/**
 * Tells whether an answer is the one a reference gives: if they are the same, or if only one of them has a percent sign
 * behind the same number. That goes beyond {@link sameAnswer}, which has to be an equivalence.
 *
 * @param answer - a response's answer, `null` if it has none
 * @param reference - the right one
 * @param same - tells whether two answers are the same
 */
export function isRightAnswer(
  answer: string | null,
  reference: string,
  same: (a: string, b: string) => boolean = sameAnswer,
): boolean {
  if (answer === null) {
    return false;
  }

  return (
    same(answer, reference) ||
    (percentSign.test(answer) !== percentSign.test(reference) &&
      same(answer.replace(percentSign, ''), reference.replace(percentSign, '')))
  );
}
