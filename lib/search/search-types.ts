import type {GenerateInput, TextGenerator} from '../generate/text-generator.js';
import type {AnswerExtractor} from '../rank/extraction/answer-extractor.js';
import type {ScoredResponse, ScoredStep} from '../score/score-types.js';
import type {SessionOptions} from '../session/session.js';
import type {Prompt} from '../text/prompt.js';

/** A response that grows and is scored, as {@link Session} is. */
export interface SearchSession {
  /** Adds a step, with the separator behind it, and scores it. */
  append(text: string, options?: {signal?: AbortSignal | undefined}): Promise<ScoredStep>;
  /** Scores the end of the turn too: the response is a whole one. */
  finish(options?: {signal?: AbortSignal | undefined}): Promise<ScoredResponse>;
  /** Another session that goes on from here by itself. */
  fork(): SearchSession;
  /** The response so far, scored. */
  readonly scored: ScoredResponse;
}

/** What judges: a {@link Pair}, or anything with sessions. */
export interface SearchPair {
  /** A response to a prompt, empty yet. */
  session(prompt: Prompt, options?: SessionOptions): SearchSession;
}

/** What writes: a {@link TextGenerator}. */
export type SearchGenerator = TextGenerator;

/** When a search ends with what it has. */
export interface SearchBudget {
  /** Generated tokens, after which nothing new is begun: what is being written is written to its end. */
  tokens?: number | undefined;
  /** Seconds, after which also what is being written is given up. */
  seconds?: number | undefined;
}

/** What all searches can be told. */
export interface CommonSearchOptions
  extends Pick<GenerateInput, 'temperature' | 'topP' | 'minP' | 'topK' | 'seed' | 'allowSpecialTokens'> {
  /** How many candidates are looked at side by side: search-and-learn's `n`; 16 if left out. */
  n?: number | undefined;
  /** What parts steps, and is written between them; a blank line if left out. */
  separator?: string | undefined;
  /** The most tokens of a step; 512 if left out. One that has more is given up. */
  maxStepTokens?: number | undefined;
  /** The most steps of a response; 40, as in search-and-learn, if left out. */
  maxSteps?: number | undefined;
  /** Where the final answers stand, see {@link AnswerExtractor}. */
  extractAnswer?: AnswerExtractor | undefined;
  /** How steps become rewards and scores, see {@link ScoreOptions}. */
  scoring?: SessionOptions | undefined;
  /** When to end early; never if left out. */
  budget?: SearchBudget | undefined;
  /** Stops the search; it is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** `n` responses, of which the best is taken. */
export interface BestOfNOptions extends CommonSearchOptions {
  /** What names this search. */
  method: 'bestOfN';
  /** Candidates are dropped at the first step with a probability σ(q) under this; none are if left out. */
  dropBelow?: number | undefined;
}

/** The best `n / beamWidth` unfinished responses are kept, each of which goes on in `beamWidth` ways. */
export interface BeamOptions extends CommonSearchOptions {
  /** What names this search. */
  method: 'beam';
  /** 4 if left out. */
  beamWidth?: number | undefined;
  /** How many steps further, the likeliest ones, to look before a step is judged; 0 if left out. */
  lookahead?: number | undefined;
}

/** `n / beamWidth` trees that know nothing of each other; in each only the best of `beamWidth` steps is kept. */
export interface DvtsOptions extends CommonSearchOptions {
  /** What names this search. */
  method: 'dvts';
  /** 4 if left out. */
  beamWidth?: number | undefined;
  /** How many steps further, the likeliest ones, to look before a step is judged; 0 if left out. */
  lookahead?: number | undefined;
}

/**
 * Monte Carlo tree search: where to go on is chosen by what was found below (the mean of σ(q)), by the prior (the softmax of
 * q among siblings), and by how little was tried there (PUCT). Ends with `n` finished candidates.
 */
export interface MctsOptions extends CommonSearchOptions {
  /** What names this search. */
  method: 'mcts';
  /** In how many ways to go on from a node; 4 if left out. */
  beamWidth?: number | undefined;
  /** How much the prior and what is untried count, PUCT's c; 1 if left out. */
  exploration?: number | undefined;
}

/** How to search. */
export type SearchOptions = BestOfNOptions | BeamOptions | DvtsOptions | MctsOptions;

/** Whether a node may be gone on from, was given up, is a whole response, or could not be written to its end. */
export type NodeState = 'open' | 'pruned' | 'finished' | 'cut';

/** A step of the tree. Serialisable. */
export interface SearchTree {
  /** From 0, the root, in the order they were made. */
  id: number;
  /** The step, without the separator; empty for the root. */
  text: string;
  /** The step's reward; `null` for the root. */
  reward: number | null;
  /** The Q value after it; `null` for the root. */
  q: number | null;
  /** The score of the response up to here; `null` for the root. */
  score: number | null;
  /** How often it was generated: equal steps are one. */
  count: number;
  /** What became of it. */
  state: NodeState;
  /** How often Monte Carlo tree search came by; 0 in others. */
  visits: number;
  /** The steps that were written behind it. */
  children: SearchTree[];
}

/** A response that a search made. */
export interface SearchCandidate {
  /** Its last node in the tree. */
  node: number;
  /** Its text. */
  response: string;
  /** Whether it has come to its end. */
  complete: boolean;
  /** Its final answer; `null` if it has none. */
  answer: string | null;
  /** Its score, by the aggregate of the options. */
  score: number;
  /** Its steps with their rewards. */
  steps: ScoredStep[];
  /** How often it was generated: equal responses are one. */
  count: number;
}

/** What a search has taken so far. */
export interface SearchUsage {
  /** Tokens generated. */
  generated: number;
  /** Tokens of prompts and prefixes that the generator evaluated. */
  evaluated: number;
  /** Tokens that the pair evaluated to score steps, both models counted. */
  scored: number;
}

/** Steps were written and scored. */
export interface ExpandedEvent {
  /** What happened. */
  type: 'expanded';
  /** The number of the node that they follow. */
  parent: number;
  /** What they are in the tree. */
  nodes: Omit<SearchTree, 'children'>[];
  /** What the search has taken so far. */
  usage: SearchUsage;
}

/** Nodes were given up. */
export interface PrunedEvent {
  /** What happened. */
  type: 'pruned';
  /** Their numbers. */
  nodes: number[];
}

/** A response is finished. */
export interface FinishedEvent {
  /** What happened. */
  type: 'finished';
  /** The response. */
  candidate: SearchCandidate;
}

/** What happens in a search, as it does. */
export type SearchEvent = ExpandedEvent | PrunedEvent | FinishedEvent;

/** The answers that candidates vote for; `null` if none has an answer. */
export interface SearchAnswers {
  /** Each candidate has one vote. */
  majority: string | null;
  /** Each candidate's vote counts σ(score). */
  weighted: string | null;
}

/** What a search found. */
export interface SearchResult {
  /** The finished candidate with the highest score; if none is finished the best unfinished one, `null` if there is none. */
  best: SearchCandidate | null;
  /** All finished candidates, the best first. */
  candidates: SearchCandidate[];
  /** The answers that the candidates vote for, each as often as it was generated: see {@link vote}. */
  answers: SearchAnswers;
  /** All that was written, from the root. */
  tree: SearchTree;
  /** What it took. */
  usage: SearchUsage;
  /** What ended it: that it was done, or a budget. */
  ended: 'done' | 'tokens' | 'seconds';
}
