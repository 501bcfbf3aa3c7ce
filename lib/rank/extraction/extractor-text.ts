import type {AnswerExtractor} from './answer-extractor.js';

/** What `--answer` would have to be for an extractor. */
export function extractorText(how: AnswerExtractor | undefined): string {
  if (how instanceof RegExp) {
    return `regex:${how.source}`;
  }

  return typeof how === 'function' ? 'a function' : (how ?? 'left out');
}
