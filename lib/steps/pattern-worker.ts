import {answerJobs} from '../utils/worker-answers.js';
import type {TextRange} from './ranges.js';

/** A regular expression with the flag `g`, and what to look in. */
export interface PatternJob {
  text: string;
  source: string;
  flags: string;
}

answerJobs(({text, source, flags}: PatternJob): TextRange[] =>
  Array.from(text.matchAll(new RegExp(source, flags)), ({0: match, index}) => ({
    start: index,
    end: index + match.length,
  })),
);
