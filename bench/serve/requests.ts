import {readData} from '../../test/helpers/golden.js';

/** A request to score one response, as a trainer sends them: many for each prompt, one response each. */
export interface ScoreRequest {
  prompt: string;
  response: string;
}

interface Problem {
  prompt: string;
  responses: {text: string}[];
}

/** Sampled responses to arithmetic problems, sixteen a problem. */
export function scoreRequests(count: number): ScoreRequest[] {
  const all = readData<Problem>('best-of-n.jsonl').flatMap(({prompt, responses}) =>
    responses.map(({text}) => ({prompt, response: text})),
  );
  if (count > all.length) {
    throw new Error(`there are data for ${all.length} requests, not for ${count}`);
  }

  return all.slice(0, count);
}
