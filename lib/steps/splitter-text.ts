import type {StepSplitter} from './step-splitter.js';

/** What `--split` would have to be for a splitter. */
export function splitterText(split: StepSplitter): string {
  if (typeof split === 'string') {
    return split;
  }

  if (split instanceof RegExp) {
    return `regex:${split.source}`;
  }

  return 'separator' in split ? `string:${split.separator}` : 'a function';
}
