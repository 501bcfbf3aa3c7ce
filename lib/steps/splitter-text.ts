import type {StepSplitter} from './step-splitter.js';

/** What `--split` would have to be for a splitter. */
export function splitterText(split: StepSplitter): string {
  if (typeof split === 'string') {
    return split;
  }

  if (split instanceof RegExp) {
    return `regex:${split.source}`;
  }

  return 'separator' in split ? `string:${escaped(split.separator)}` : 'a function';
}

const escapes: Readonly<Record<string, string>> = {'\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\'};

function escaped(text: string): string {
  return text.replace(/[\n\r\t\\]/g, character => escapes[character]!);
}
