import {isRightAnswer} from '../rank/equality/right-answer.js';
import {referenceAnswer} from '../rank/extraction/reference-answer.js';
import type {ScoredStep} from '../score/score-types.js';
import type {SearchBudget, SearchCandidate, SearchOptions, SearchResult, SearchTree} from './search-types.js';

/** Whose answer is taken for that of a search: the best response's, or the one that most responses vote for. */
export type SearchChoice = 'best' | 'majority' | 'weighted';

/** An answer, and whether it is right, if anybody knows. */
interface JudgedAnswer {
  answer: string | null;
  correct?: boolean;
}

/** A response of a search, as `sample` would have it. */
interface RecordedResponse extends JudgedAnswer {
  text: string;
  complete: boolean;
  /** Its score; not by that name, since `score` has one of its own for it. */
  searchScore: number;
}

/** What a search found, as JSON. */
export interface SearchRecord extends JudgedAnswer, Pick<SearchResult, 'usage' | 'ended'> {
  method: SearchOptions['method'];
  n: number;
  budget?: SearchBudget;
  /** The answer by each of the ways to choose it. */
  answers: Record<SearchChoice, JudgedAnswer>;
  /** The best response with its steps. */
  best: (Omit<RecordedResponse, 'searchScore'> & {node: number; score: number; steps: ScoredStep[]}) | null;
  /** All finished responses, each as often as it was generated, in the order of the tree; the best one if none is finished. */
  responses: RecordedResponse[];
  tree?: SearchTree;
}

/** What of a search's options is recorded, and how. */
interface RecordOptions {
  method: SearchOptions['method'];
  n: number;
  budget: SearchBudget;
  choose: SearchChoice;
  /** Whether the record has the tree. */
  tree: boolean;
}

/**
 * Records a search for those who evaluate it or look at it.
 *
 * @param reference - the right answer, or a solution that says it, if it is known
 */
export function searchRecord(
  {best, candidates, answers, usage, ended, tree}: SearchResult,
  {method, n, budget, choose, tree: withTree}: RecordOptions,
  reference: string | undefined,
): SearchRecord {
  const right = reference === undefined ? undefined : referenceAnswer(reference).answer;
  const judged = (answer: string | null): JudgedAnswer => ({
    answer,
    ...(right === undefined ? {} : {correct: isRightAnswer(answer, right)}),
  });
  const recorded = ({response, answer, complete}: SearchCandidate) => ({
    text: response,
    ...judged(answer),
    complete,
  });
  const finished = candidates.toSorted((a, b) => a.node - b.node);
  const shown = finished.length === 0 && best ? [best] : finished;
  const chosen = {
    best: judged(best?.answer ?? null),
    majority: judged(answers.majority),
    weighted: judged(answers.weighted),
  };
  return {
    method,
    n,
    ...(budget.tokens === undefined && budget.seconds === undefined ? {} : {budget}),
    ...chosen[choose],
    answers: chosen,
    best: best && {...recorded(best), node: best.node, score: best.score, steps: best.steps},
    responses: shown.flatMap(one =>
      Array.from({length: one.count}, () => ({...recorded(one), searchScore: one.score})),
    ),
    usage,
    ended,
    ...(withTree ? {tree} : {}),
  };
}
