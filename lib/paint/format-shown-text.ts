import type {ShownText, ShownToken} from '../score/show-text.js';
import {printable} from '../utils/printable.js';

/**
 * Lays out what is scored: tokens with a bar between them, special ones in double brackets, line ends as `↵`.
 *
 * @returns lines, without a line feed at the end
 */
export function formatShownText({rendering, prompt, response, unscored}: ShownText): string {
  const count = (tokens: readonly ShownToken[]) => `${tokens.length} token${tokens.length === 1 ? '' : 's'}`;
  const places = unscored.map(({start, end}) => `${start}–${end}`).join(', ');
  return [
    `── before the response (${rendering}): ${count(prompt)}, seen`,
    tokensText(prompt),
    `── the response: ${count(response)}, scored`,
    tokensText(response),
    ...(unscored.length === 0 ? [] : [`── not scored: characters ${places} of the response`]),
  ].join('\n');
}

function tokensText(tokens: readonly ShownToken[]): string {
  return tokens
    .map(({text, isSpecial}, index) => {
      const next = index === tokens.length - 1 ? '' : '│';
      const shown = visible(text);
      const marked = isSpecial ? `⟦${shown.replace(/\n$/u, '')}⟧` : shown;
      // A line goes on where the text does.
      return text.endsWith('\n') ? `${marked.replace(/\n$/u, '')}${next}\n` : marked + next;
    })
    .join('')
    .replace(/\n$/u, '');
}

function visible(text: string): string {
  return text
    .split('\n')
    .map(line => printable(line))
    .join('↵\n');
}
