import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {extractAnswer} from './extract-answer.js';

/** A reference longer than this, or with a blank line in it, is no answer but a solution. */
const longestAnswer = 200;

/** What is right, as a reference says it. */
export interface ReferenceAnswer {
  answer: string;
  /** Whether an answer was found in it; else it is taken as it stands. */
  isRead: boolean;
}

/**
 * Reads the answer of a reference: of a whole solution, such as GSM8K's and MATH's, what stands behind `####`, in a box or
 * behind a label; anything else as it stands.
 *
 * @throws {@link InvalidInputError} if it is blank
 */
export function referenceAnswer(reference: string): ReferenceAnswer {
  if (reference.trim() === '') {
    throw new InvalidInputError('The reference is blank: leave it out, and say "correct" of each response');
  }

  const marked = extractAnswer(reference, 'hash-marks') ?? extractAnswer(reference, 'boxed');
  const isSolution = reference.length > longestAnswer || /\n\s*\S/.test(reference.trim());
  const answer = marked ?? (isSolution ? extractAnswer(reference) : reference);
  return {answer: answer ?? reference, isRead: answer !== null};
}
