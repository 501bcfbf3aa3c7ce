import type {SpecialTokens} from './special-tokens.js';
import type {SpecialToken, TokenisedText, Tokeniser} from './tokeniser.js';

/** A text with tokens, and markers where special tokens are to be text. */
export interface MarkedText {
  text: string;
  marker: string;
  /** The special token that stands before it, if one does. */
  after?: SpecialToken | undefined;
}

/** Turns texts into tokens in which only those special tokens are such that no marker keeps apart. */
export class TextTokeniser {
  readonly #tokeniser: Tokeniser;
  readonly #special: SpecialTokens;

  constructor(tokeniser: Tokeniser, special: SpecialTokens) {
    this.#tokeniser = tokeniser;
    this.#special = special;
  }

  /**
   * Without a marker in it the text is tokenised at once. With one the special tokens left are the template's: the
   * text is cut at them, as llama.cpp does, and what lies between is tokenised as plain text. The same is done where
   * special tokens swallow white space: which, cannot be told from the tokens afterwards.
   *
   * @returns tokens, and where they begin in the text without markers
   */
  async tokenise(
    {text, marker, after}: MarkedText,
    signal?: AbortSignal | undefined,
  ): Promise<TokenisedText & {text: string}> {
    if (text === '') {
      return {text, tokens: new Int32Array(), starts: new Uint32Array()};
    }

    if (!text.includes(marker) && !this.#special.swallowSpace) {
      return {text, ...(await this.#tokeniser.tokenise(text, true, {signal}))};
    }

    const parts = this.#special.partition(text);
    const tokens: number[] = [];
    const starts: number[] = [];
    let offset = 0;
    for (const [index, part] of parts.entries()) {
      if (typeof part !== 'string') {
        tokens.push(part.token);
        starts.push(offset);
        offset += Buffer.byteLength(part.text);
        continue;
      }

      const plain = part.replaceAll(marker, '');
      const {text: kept, leading} = stripped(plain, index === 0 ? after : parts[index - 1], parts[index + 1]);
      const piece = kept === '' ? undefined : await this.#tokeniser.tokenise(kept, false, {signal});
      for (const [position, token] of piece?.tokens.entries() ?? []) {
        tokens.push(token);
        starts.push(offset + leading + piece!.starts[position]!);
      }

      offset += Buffer.byteLength(plain);
    }

    return {
      text: text.replaceAll(marker, ''),
      tokens: Int32Array.from(tokens),
      starts: Uint32Array.from(starts),
    };
  }
}

/** Text without the white space that a special token beside it swallows, and how many bytes of that came first. */
function stripped(
  text: string,
  before: string | SpecialToken | undefined,
  after: string | SpecialToken | undefined,
): {text: string; leading: number} {
  let start = 0;
  let end = text.length;
  if (typeof before === 'object' && before.stripRight) {
    while (start < end && isSpace(text[start]!)) start++;
  }

  if (typeof after === 'object' && after.stripLeft) {
    while (end > start && isSpace(text[end - 1]!)) end--;
  }

  return {text: text.slice(start, end), leading: start};
}

/** As C sees it, and thereby llama.cpp: one byte, so that a no-break space is none. */
function isSpace(character: string): boolean {
  return character === ' ' || (character >= '\t' && character <= '\r');
}
