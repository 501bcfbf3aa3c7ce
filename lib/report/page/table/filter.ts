import type {ResponseView, Verdict} from '../response-view.js';

/** Which responses the table shows. */
export interface Filter {
  /** In the response, its prompt or its identifiers; in any case of letters. */
  text: string;
  /** In the answer. */
  answer: string;
  verdict: Verdict | '';
  /** The scores allowed, NaN for any. */
  from: number;
  to: number;
}

/** Chooses the responses that a filter lets through, in their order. */
export function filterResponses(responses: readonly ResponseView[], filter: Filter): ResponseView[] {
  const text = filter.text.trim().toLowerCase();
  const answer = filter.answer.trim().toLowerCase();
  return responses.filter(
    response =>
      (filter.verdict === '' || response.verdict === filter.verdict) &&
      !(response.score < filter.from) &&
      !(response.score > filter.to) &&
      (answer === '' || (response.answer ?? '').toLowerCase().includes(answer)) &&
      (text === '' || holds(response, text)),
  );
}

function holds({text, id, of}: ResponseView, wanted: string): boolean {
  return [text, id, of.text, of.id].some(place => place?.toLowerCase().includes(wanted));
}
