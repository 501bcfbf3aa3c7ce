import type {SpecialToken} from './tokeniser.js';

/** Code points to choose a marker from: noncharacters, which no text is to contain, private use, and then any. */
const markerRanges = [
  [0xfdd0, 0xfdef],
  [0xe000, 0xf8ff],
  [0xe000, 0x10ffff],
  [0, 0xd7ff],
] as const;

/** The special tokens of a vocabulary and the search for their texts. */
export class SpecialTokens {
  /** Whether some of them swallow the white space beside them. */
  readonly swallowSpace: boolean;
  /** The longest first, counted in bytes: llama.cpp looks for them in this order. */
  readonly #tokens: readonly SpecialToken[];
  readonly #beginning: RegExp | undefined;
  readonly #longest: number;
  // What their texts begin and end with, the whole texts left out.
  readonly #prefixes = new Set<string>();
  readonly #suffixes = new Set<string>();

  constructor(tokens: readonly SpecialToken[]) {
    this.swallowSpace = tokens.some(({stripLeft, stripRight}) => stripLeft || stripRight);
    this.#tokens = tokens
      .filter(({text}) => text !== '')
      .sort((a, b) => Buffer.byteLength(b.text) - Buffer.byteLength(a.text));
    const texts = this.#tokens.map(({text}) => text);
    // Matches one character only, so that special tokens that overlap are all found.
    this.#beginning =
      texts.length === 0 ? undefined : new RegExp(`(?=${texts.map(escapeRegExp).join('|')}).`, 'gsu');
    this.#longest = Math.max(0, ...texts.map(({length}) => length));
    for (const text of texts) {
      for (let length = 1; length < text.length; length++) {
        this.#prefixes.add(text.slice(0, length));
        this.#suffixes.add(text.slice(length));
      }
    }
  }

  /** The special token of that number, if it is one. */
  find(token: number): SpecialToken | undefined {
    return this.#tokens.find(special => special.token === token);
  }

  /** The special token that a text begins with, if it does. */
  findAtStart(text: string): SpecialToken | undefined {
    return this.#tokens.find(token => text.startsWith(token.text));
  }

  /** A character that occurs in none of the texts, nor in a special token. */
  chooseMarker(texts: readonly string[]): string {
    const all = [...texts, ...this.#tokens.map(({text}) => text)];
    for (const [first, last] of markerRanges) {
      for (let codePoint = first; codePoint <= last; codePoint++) {
        const marker = String.fromCodePoint(codePoint);
        if (!all.some(text => text.includes(marker))) {
          return marker;
        }
      }
    }

    throw new Error('Every character there is occurs in the texts');
  }

  /**
   * The text with the marker put into every special token, so that it is one no more, and put at an end of the text
   * that could become part of one together with what is written next to it.
   */
  disarm(text: string, marker: string): string {
    if (!this.#beginning) {
      return text;
    }

    const start = this.#isSome(length => this.#suffixes.has(text.slice(0, length))) ? marker : '';
    const end = this.#isSome(length => this.#prefixes.has(text.slice(-length))) ? marker : '';
    return start + text.replace(this.#beginning, `$&${marker}`) + end;
  }

  /** Cuts a text at its special tokens: where some overlap, at those that llama.cpp finds. */
  partition(text: string): (string | SpecialToken)[] {
    let parts: (string | SpecialToken)[] = [text];
    for (const token of this.#tokens) {
      if (text.includes(token.text)) {
        parts = parts.flatMap(part => (typeof part === 'string' ? cutAt(part, token) : [part]));
      }
    }

    return parts;
  }

  /** Whether a condition holds for some length that a part of a special token's text may have. */
  #isSome(condition: (length: number) => boolean): boolean {
    for (let length = 1; length < this.#longest; length++) {
      if (condition(length)) {
        return true;
      }
    }

    return false;
  }
}

function cutAt(text: string, token: SpecialToken): (string | SpecialToken)[] {
  return text.split(token.text).flatMap((part, index) => (index === 0 ? [part] : [token, part]));
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
