import {sigmoid} from '../../reward/sigmoid.js';
import type {PromptData, ReportData, ResponseData} from '../data/types.js';

/** A response with what the page says of it in several places. */
export interface ResponseView extends ResponseData {
  /** Its place in the report, from 0. */
  index: number;
  of: PromptData;
  /** Its place among the candidates, from 1. */
  candidate: number;
  /** The outcome reward. */
  reward: number;
  /** σ of the outcome reward. */
  probability: number;
  verdict: Verdict;
}

/** Whether a response is right, as far as that is known. */
export type Verdict = 'right' | 'wrong' | 'unlabelled';

/** Makes the views of all responses. */
export function responseViews({responses, prompts}: ReportData): ResponseView[] {
  return responses.map((response, index) => {
    const of = prompts[response.prompt]!;
    const reward = response.steps.qs.at(-1)!;
    const verdict = response.correct === null ? 'unlabelled' : response.correct ? 'right' : 'wrong';
    const candidate = index - of.first + 1;
    return {...response, index, of, candidate, reward, probability: sigmoid(reward), verdict};
  });
}
