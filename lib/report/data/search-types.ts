import type {SearchTree, SearchUsage} from '../../search/search-types.js';

/** What the page of searches is given. */
export interface SearchReportData {
  title: string;
  /** What made the page. */
  generator: string;
  /** Lines that could not be answered. */
  skipped: number;
  searches: SearchData[];
  /** The reward at which colours are full. */
  scale: number;
}

/** A search. */
export interface SearchData {
  id: string | null;
  prompt: string;
  reference: string | null;
  method: string;
  n: number;
  ended: 'done' | 'tokens' | 'seconds';
  answer: string | null;
  /** Whether the answer is right; `null` if nobody knows. */
  correct: boolean | null;
  usage: SearchUsage;
  /** The number of the best response's last step; `null` if nothing was written. */
  best: number | null;
  tree: SearchTree;
}
