import type {Prompt} from '../../text/prompt.js';
import type {Objective} from '../objectives/objective.js';
import {promptKey} from './prompt-key.js';
import {type LabelledResponse, trainingRecord} from './training-record.js';
import {countUnused, type UnusedCounts} from './unused-reason.js';

/** A response that can be learned from. */
export interface UsableResponse extends LabelledResponse {
  correct: boolean;
  prompt: Prompt;
}

/** All usable responses to one prompt, from whatever lines. */
export interface CollectedPrompt {
  key: string;
  responses: UsableResponse[];
}

/** What there is to learn from. */
export interface CollectedPrompts {
  /** In the order they came first. */
  prompts: CollectedPrompt[];
  /** The number of lines. */
  records: number;
  unused: UnusedCounts;
}

/** Where a record comes from and what it is. */
export interface PlacedRecord {
  /** Parsed JSON. */
  value: unknown;
  /** What to call it in messages, such as `labelled.jsonl:17`. */
  place: string;
}

/**
 * Brings the responses of a data set together by prompt, and counts those that nothing can be learned from.
 *
 * @throws {@link InvalidInputError} for a record that is none
 */
export async function collectPrompts(
  records: AsyncIterable<PlacedRecord> | Iterable<PlacedRecord>,
  objective: Objective,
): Promise<CollectedPrompts> {
  const prompts = new Map<string, Map<string, UsableResponse | null>>();
  const unused: UnusedCounts = {};
  let count = 0;
  for await (const {value, place} of records) {
    count++;
    const {prompt, responses} = trainingRecord(value, place);
    const key = promptKey(prompt);
    const known = prompts.get(key) ?? new Map<string, UsableResponse | null>();
    prompts.set(key, known);
    for (const response of responses) {
      take({...response, prompt}, known, {objective, unused});
    }
  }

  const collected = [...prompts].map(([key, known]) => ({
    key,
    responses: [...known.values()].filter(response => response !== null),
  }));
  return {prompts: collected.filter(({responses}) => responses.length > 0), records: count, unused};
}

/** @param known - responses by their texts; `null` for one that was called right and wrong */
function take(
  {correct, ...response}: LabelledResponse & {prompt: Prompt},
  known: Map<string, UsableResponse | null>,
  {objective, unused}: {objective: Objective; unused: UnusedCounts},
): void {
  // Supervised fine-tuning takes what is not called wrong for right.
  const label = correct ?? (objective.usesReference ? null : true);
  if (label === null) {
    countUnused(unused, 'unlabelled');
    return;
  }

  if (response.text.trim() === '') {
    countUnused(unused, 'empty');
    return;
  }

  const key = `${response.complete}${response.text}`;
  const before = known.get(key);
  if (before === undefined) {
    known.set(key, {...response, correct: label});
  } else if (before === null) {
    countUnused(unused, 'contradictory');
  } else if (before.correct === label) {
    countUnused(unused, 'duplicate');
  } else {
    known.set(key, null);
    countUnused(unused, 'contradictory', 2);
  }
}
