import {seedOfProblem} from '../../generate/sample-responses.js';
import {searchEvents} from '../../search/search.js';
import {type SearchChoice, searchRecord} from '../../search/search-record.js';
import type {
  SearchEvent,
  SearchGenerator,
  SearchOptions,
  SearchPair,
  SearchUsage,
} from '../../search/search-types.js';
import type {Prompt} from '../../text/prompt.js';
import {answeredLine, readProblemLine} from '../run/problem-line.js';

/** What searches. */
export interface SearchTools {
  pair: SearchPair;
  generator: SearchGenerator;
}

/** How to search for the answers to all lines. */
export interface SearchLineOptions {
  /** Of each search, its seed being that of all of them. */
  search: SearchOptions & {seed: number};
  choose: SearchChoice;
  /** Whether the result has the tree. */
  tree: boolean;
}

/** Those who watch a search. */
export interface SearchWatcher {
  begin(prompt: Prompt): void;
  show(event: SearchEvent): void;
}

/**
 * Searches for the answer to the problem of a line.
 *
 * @param bytes - JSON of `{prompt, reference?}`; other fields stay as they are
 * @param index - of the line: it has a seed of its own
 * @returns a line of output, and what it took
 */
export async function searchLine(
  {pair, generator}: SearchTools,
  bytes: Uint8Array,
  index: number,
  {search, choose, tree, watcher}: SearchLineOptions & {watcher: SearchWatcher},
): Promise<{text: string; usage: SearchUsage}> {
  const {prompt, reference} = readProblemLine(bytes);
  const seed = seedOfProblem(search.seed, index);
  watcher.begin(prompt);
  const events = searchEvents(pair, generator, prompt, {...search, seed});
  let next = await events.next();
  for (; !next.done; next = await events.next()) {
    watcher.show(next.value);
  }

  const {method, n = 16, budget = {}} = search;
  const record = searchRecord(next.value, {method, n, budget, choose, tree}, reference);
  return {text: answeredLine(bytes, {tree: undefined, ...record}), usage: next.value.usage};
}
