import type {BestOfNAccuracy, BestOfNMethod} from '../../eval/best-of-n/types.js';
import type {Calibration} from '../../eval/calibration.js';

/** What the page of a report is given, as JSON. Numbers are rounded to six digits. */
export interface ReportData {
  title: string;
  /** Name and version of what made it. */
  generator: string;
  /** β, if it is one for all responses and has no schedule. */
  beta: number | null;
  /** Lines that could not be scored. */
  skipped: number;
  prompts: PromptData[];
  responses: ResponseData[];
  /** Rewards at which colours are full: of tokens and of steps. */
  scales: {token: number; step: number; q: number};
  bestOfN: BestOfNData | null;
  calibration: Calibration | null;
}

/** A prompt. */
export interface PromptData {
  id: string | null;
  text: string | null;
  reference: string | null;
  /** The index of its first response; the others follow. */
  first: number;
  count: number;
}

/** A response. */
export interface ResponseData {
  /** The index of its prompt. */
  prompt: number;
  id: string | null;
  text: string;
  /** Whether its end-of-turn token was scored. */
  finished: boolean;
  score: number;
  answer: string | null;
  correct: boolean | null;
  /** The index of the first wrong step, −1 for none, `null` where that is not known. */
  firstError: number | null;
  steps: StepData;
  tokens: TokenData;
}

/** The steps of a response, one column for each field. */
export interface StepData {
  starts: number[];
  ends: number[];
  tokenEnds: number[];
  logRatios: number[];
  rewards: number[];
  qs: number[];
}

/** The tokens of a response, columns that are decoded when the response is looked at. */
export interface TokenData {
  count: number;
  /** The differences of their places in the text, see `packCounts`. */
  gaps: string;
  /** Log-probabilities in nats, see `packNumbers`. */
  policy: string;
  reference: string | null;
  /** Rewards; `beta` times the log-ratios if `null`. */
  rewards: string | null;
  beta: number | null;
}

/** How often methods choose the right answer. */
export interface BestOfNData {
  /** Of how many prompts: those with several responses, all labelled. */
  problems: number;
  counts: number[];
  accuracy: Partial<Record<BestOfNMethod, BestOfNAccuracy[]>>;
}
