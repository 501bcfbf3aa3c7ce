import type {ScoredResponse, ScoredStep} from '../score/score-types.js';
import type {SearchOptions, SearchResult} from '../search/search-types.js';
import type {Prompt} from '../text/prompt.js';

/** What is known of a prompt. */
export interface ReportPrompt {
  /** What the responses answer. */
  prompt?: Prompt | null | undefined;
  /** What to call the prompt. */
  id?: unknown;
  /** The right final answer, from which `correct` is seen where it is not given. */
  reference?: string | number | null | undefined;
}

/** The tokens of a response: {@link ScoredTokens}, typed arrays or plain ones. */
export interface ReportTokens {
  /** Where in the response each begins, in UTF-16 units. */
  starts: ArrayLike<number>;
  /** log π_θ(y_t | x, y_<t), in nats. */
  policyLogprobs: ArrayLike<number>;
  /** log π_ref(y_t | x, y_<t), in nats; `null` without a reference. */
  referenceLogprobs: ArrayLike<number> | null;
}

/** A scored response, as `scoreSteps` returns it or as `score --tokens` writes it, with its labels if there are any. */
export interface ReportResponse extends ReportPrompt, Pick<ScoredResponse, 'response' | 'reward' | 'score'> {
  /** Its steps in order, at least one. */
  steps: readonly Omit<ScoredStep, 'text' | 'probability'>[];
  /** Its tokens. */
  tokens: ReportTokens;
  /** Its final answer, `null` if it has none; looked for in the text if left out. */
  answer?: string | number | null | undefined;
  /** Whether the answer is right. */
  correct?: boolean | null | undefined;
  /** The index of the first wrong step, −1 if there is none, as in ProcessBench; anything else is no label. */
  label?: unknown;
}

/** A prompt and its responses, as a line of `score --tokens` with `responses` has them. */
export interface ReportCandidates extends ReportPrompt {
  /** At least one. */
  results: readonly Omit<ReportResponse, keyof ReportPrompt>[];
}

/** What a report is made of. */
export type ReportResult = ReportResponse | ReportCandidates;

/**
 * A search, as a line of `search --tree` has it, or what `search` returned with the prompt and the options:
 * `{prompt, method, n, ...result}`.
 */
export interface ReportSearch
  extends Omit<ReportPrompt, 'prompt'>,
    Pick<SearchResult, 'tree' | 'usage' | 'ended'> {
  /** What an answer was looked for to. */
  prompt: Prompt;
  /** How. */
  method: SearchOptions['method'];
  /** How many candidates were looked at side by side. */
  n: number;
  /** The best response; `null` if there is none. */
  best: {
    /** Its last node in the tree. */
    node: number;
    /** Its final answer; `null` if it has none. */
    answer?: string | null | undefined;
  } | null;
  /** The answer that was chosen, `null` if there is none; that of the best response if left out. */
  answer?: string | null | undefined;
  /** Whether the answer is right. */
  correct?: boolean | null | undefined;
}

/** What {@link toReport} and {@link toSearchReport} can be told. */
export interface ReportOptions {
  /** What to call the page; "Process rewards", or "Searches", if left out. */
  title?: string | undefined;
}
