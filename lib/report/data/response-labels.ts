import {isRightAnswer} from '../../rank/equality/right-answer.js';
import {extractAnswer} from '../../rank/extraction/extract-answer.js';
import {referenceAnswer} from '../../rank/extraction/reference-answer.js';
import type {ReportPrompt, ReportResponse} from '../types.js';

/** What is known of how right a response is. */
interface ResponseLabels {
  answer: string | null;
  correct: boolean | null;
  /** The index of the first wrong step, −1 for none. */
  firstError: number | null;
}

/** Reads the labels of a response. The answer and whether it is right are found out if they can be. */
export function responseLabels(response: ReportResponse): ResponseLabels {
  const answer = response.answer === undefined ? extractAnswer(response.response) : response.answer;
  const found = answer === null ? null : String(answer);
  return {
    answer: found,
    correct: response.correct ?? rightOrUnknown(found, response.reference),
    firstError: firstError(response),
  };
}

/** Whether an answer is right; `null` if nobody knows. */
export function rightOrUnknown(answer: string | null, reference: ReportPrompt['reference']): boolean | null {
  if (reference === undefined || reference === null || String(reference).trim() === '') {
    return null;
  }

  return isRightAnswer(answer, referenceAnswer(String(reference)).answer);
}

function firstError({label, steps}: ReportResponse): number | null {
  return Number.isInteger(label) && Number(label) >= -1 && Number(label) < steps.length
    ? Number(label)
    : null;
}
