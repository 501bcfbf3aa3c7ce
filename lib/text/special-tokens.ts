import type {AddonSpecialToken} from '../engine/addon.js';

// A noncharacter: no text is to contain it, but one may all the same.
const noncharacter = '\uFDD0';

/** The special tokens of a vocabulary and the search for their texts. */
export class SpecialTokens {
  readonly #byText: Map<string, AddonSpecialToken>;
  readonly #pattern: RegExp | undefined;

  constructor(tokens: readonly AddonSpecialToken[]) {
    this.#byText = new Map(tokens.filter(({text}) => text !== '').map(token => [token.text, token]));
    // The longest first, as llama.cpp looks for them.
    const texts = [...this.#byText.keys()].sort((a, b) => b.length - a.length);
    this.#pattern = texts.length === 0 ? undefined : new RegExp(texts.map(escapeRegExp).join('|'), 'gu');
  }

  /** The first special token in a text, if it has one. */
  findFirst(text: string): {index: number; token: AddonSpecialToken} | undefined {
    const match = this.#pattern && text.matchAll(this.#pattern).next().value;
    return match && {index: match.index, token: this.#byText.get(match[0])!};
  }

  /** A string that occurs in none of the texts. */
  chooseMarker(texts: readonly string[]): string {
    let marker = noncharacter;
    while (texts.some(text => text.includes(marker))) {
      marker += noncharacter;
    }

    return marker;
  }

  /** The text with the marker put into every special token, so that it is one no more. */
  disarm(text: string, marker: string): string {
    if (!this.#pattern) {
      return text;
    }

    return text.replace(this.#pattern, match => {
      const [first] = match;
      return `${first}${marker}${match.slice(first!.length)}`;
    });
  }

  /** Cuts a text at its special tokens. */
  partition(text: string): (string | AddonSpecialToken)[] {
    const parts: (string | AddonSpecialToken)[] = [];
    let end = 0;
    for (const match of this.#pattern ? text.matchAll(this.#pattern) : []) {
      parts.push(text.slice(end, match.index), this.#byText.get(match[0])!);
      end = match.index + match[0].length;
    }

    parts.push(text.slice(end));
    return parts;
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`);
}
