import type {ReportPrompt, ReportResponse, ReportResult} from '../types.js';

/** The responses to one prompt. */
export interface ReportGroup {
  prompt: ReportPrompt;
  responses: ReportResponse[];
}

/**
 * Puts the responses to one prompt together, in the order of the results. Responses without a prompt are taken for
 * candidates of one that is not known, as `scoreSteps` returns them.
 */
export function groupResults(results: readonly ReportResult[]): ReportGroup[] {
  const groups = new Map<unknown, ReportGroup>();
  for (const result of results) {
    const isMany = 'results' in result;
    const {prompt = null, id, reference} = result;
    // A list without a prompt is a group of its own.
    const key = prompt === null && isMany ? result : JSON.stringify(prompt);
    const group = groups.get(key) ?? {prompt: {prompt}, responses: []};
    groups.set(key, group);
    group.prompt.id ??= isMany ? id : undefined;
    group.prompt.reference ??= reference;
    group.responses.push(...(isMany ? result.results.map(one => ({...one, reference})) : [result]));
  }

  return [...groups.values()];
}
