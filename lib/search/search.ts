import {vote} from '../rank/vote.js';
import {promptSchema} from '../score/score-schema.js';
import type {Prompt} from '../text/prompt.js';
import {check} from '../utils/check.js';
import {beam} from './methods/beam.js';
import {bestOfN} from './methods/best-of-n.js';
import {dvts} from './methods/dvts.js';
import {mcts} from './methods/mcts.js';
import {SearchRun} from './search-run.js';
import {type CheckedSearch, searchSchema} from './search-schema.js';
import type {
  SearchCandidate,
  SearchEvent,
  SearchGenerator,
  SearchOptions,
  SearchPair,
  SearchResult,
} from './search-types.js';

/**
 * Looks for the best answer to a prompt: a generator writes steps, the pair judges them as they come, each for the cost of
 * its own tokens.
 *
 * @returns the best response, all that are finished, and the tree
 * @throws {@link InvalidInputError}, what the generator and the pair throw, or the signal's reason. A budget that is used
 * up is no error: it ends the search with what it has
 */
export async function search(
  pair: SearchPair,
  generator: SearchGenerator,
  prompt: Prompt,
  options: SearchOptions,
): Promise<SearchResult> {
  const events = searchEvents(pair, generator, prompt, options);
  for (;;) {
    const {done, value} = await events.next();
    if (done) {
      return value;
    }
  }
}

/**
 * The same as {@link search}, for those who want to watch: an iterator of what happens, whose return value is the result.
 * Who stops iterating stops the search.
 */
export async function* searchEvents(
  pair: SearchPair,
  generator: SearchGenerator,
  prompt: Prompt,
  options: SearchOptions,
): AsyncGenerator<SearchEvent, SearchResult> {
  const checked = check(searchSchema, options, "search's options");
  const run = new SearchRun(pair, generator, check(promptSchema, prompt, "search's prompt"), checked);
  yield* methodOf(run, checked);
  return resultOf(run);
}

function methodOf(run: SearchRun, options: CheckedSearch): AsyncGenerator<SearchEvent, void> {
  switch (options.method) {
    case 'bestOfN':
      return bestOfN(run, options);
    case 'beam':
      return beam(run, options);
    case 'dvts':
      return dvts(run, options);
    case 'mcts':
      return mcts(run, options);
  }
}

function resultOf(run: SearchRun): SearchResult {
  // Counts may have grown since.
  const candidates = run.candidates
    .map(({node}) => run.candidateOf(run.nodes[node]!))
    .toSorted((a, b) => b.score - a.score);
  return {
    best: candidates[0] ?? furthest(run),
    candidates,
    answers: {majority: winner(candidates, 'majority'), weighted: winner(candidates, 'weighted')},
    tree: run.root.toTree(),
    usage: {...run.usage},
    ended: run.exhausted ?? 'done',
  };
}

/** The unfinished response that is furthest along; a first step has little to go wrong with. */
function furthest(run: SearchRun): SearchCandidate | null {
  const [node] = run.nodes
    .filter(({state, scored}) => state !== 'finished' && scored)
    .toSorted(({scored: a}, {scored: b}) => b!.steps.length - a!.steps.length || b!.score - a!.score);
  return node ? run.candidateOf(node) : null;
}

function winner(candidates: readonly SearchCandidate[], by: 'majority' | 'weighted'): string | null {
  const votes = candidates.flatMap(one => Array.from({length: one.count}, () => one));
  return votes.length === 0
    ? null
    : vote(
        votes.map(({answer, score}) => ({answer, score})),
        {by},
      ).answer;
}
