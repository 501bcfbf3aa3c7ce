import type {SpecialToken, Tokeniser} from '../../lib/text/tokeniser.js';

/** A tokeniser of bytes, with special tokens behind them; and what its tokens say. */
export interface ByteTokeniser extends Tokeniser {
  /** The text of tokens. */
  textOf(tokens: Iterable<number>): string;
  /** The texts that were tokenised. */
  readonly asked: string[];
}

/** Makes one. The first special token begins a text, the second ends one. */
export function byteTokeniser(chatTemplate: string | null, texts: readonly string[]): ByteTokeniser {
  const specialTokens: SpecialToken[] = texts.map((text, index) => ({
    ...{token: 256 + index, text, stripLeft: false, stripRight: false, endsGeneration: index === 1},
  }));
  const byLength = specialTokens.toSorted((a, b) => b.text.length - a.text.length);
  const asked: string[] = [];
  return {
    asked,
    vocabulary: {
      ...{specialTokens, beginOfText: 256, endOfText: 257, endOfTurn: 257, chatTemplate},
      longestToken: Math.max(...texts.map(text => Buffer.byteLength(text))),
    },
    tokenise: async (text, parseSpecial) => {
      asked.push(text);
      const tokens: number[] = [];
      const starts: number[] = [];
      let byte = 0;
      for (let at = 0; at < text.length; ) {
        const special = parseSpecial && byLength.find(token => text.startsWith(token.text, at));
        const piece = special ? special.text : String.fromCodePoint(text.codePointAt(at)!);
        const bytes = Buffer.from(piece);
        tokens.push(...(special ? [special.token] : bytes));
        starts.push(...(special ? [byte] : Array.from(bytes, (_, index) => byte + index)));
        at += piece.length;
        byte += bytes.length;
      }

      return {tokens: Int32Array.from(tokens), starts: Uint32Array.from(starts)};
    },
    detokenise: async tokens => textOf(tokens),
    textOf,
  };

  function textOf(tokens: Iterable<number>): string {
    const bytes = [...tokens].flatMap(token => [
      ...(token < 256 ? [token] : Buffer.from(specialTokens[token - 256]!.text)),
    ]);
    return Buffer.from(bytes).toString();
  }
}
