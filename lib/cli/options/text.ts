import {InvalidArgumentError} from 'commander';

const escapes: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t', '\\': '\\'};

/**
 * Parses an option that takes a text. `\n`, `\r`, `\t` and `\\` are a line feed, a carriage return, a tab and a backslash: a
 * shell hands over a line end only with trouble.
 */
export function unescaped(text: string): string {
  return text.replace(/\\([nrt\\])/g, (_, character: string) => escapes[character]!);
}

/** As {@link unescaped}, for a text that cannot be empty. */
export function unescapedText(text: string): string {
  if (text === '') {
    throw new InvalidArgumentError('It has to be a text with something in it.');
  }

  return unescaped(text);
}
