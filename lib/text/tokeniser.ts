/** Tokens of a text and where in it each begins. */
export interface TokenisedText {
  tokens: Int32Array;
  /** Byte offset of each token in the UTF-8 text, ascending. */
  starts: Uint32Array;
}

/** A token that no text is to produce by itself, such as one that ends a turn. */
export interface SpecialToken {
  /** Its number in the vocabulary. */
  token: number;
  /** Its text. */
  text: string;
  /** Whether it swallows the white space before it. */
  stripLeft: boolean;
  /** Whether it swallows the white space behind it. */
  stripRight: boolean;
  /** Whether a generation is over with it. */
  endsGeneration: boolean;
}

/** What a model's vocabulary tells of itself. A token is -1 where the vocabulary has none of the kind. */
export interface VocabularyInfo {
  specialTokens: readonly SpecialToken[];
  beginOfText: number;
  /** Whether texts that no template has made are to begin with it; not if left out. */
  addsBeginOfText?: boolean | undefined;
  endOfText: number;
  endOfTurn: number;
  /** The most bytes that a token's text has; unknown if left out. */
  longestToken?: number | undefined;
  /** The Jinja source of the model's chat template, `null` if it has none. */
  chatTemplate: string | null;
}

/** Something that turns text into the tokens of a model and back, wherever the model's vocabulary lies. */
export interface Tokeniser {
  readonly vocabulary: VocabularyInfo;

  /**
   * Tokens of a text with no begin- or end-of-text token added, and the byte each begins at.
   *
   * @param parseSpecial - take the texts of special tokens for these tokens, instead of as plain text
   * @param options - `signal`: the promise is rejected with its reason
   */
  tokenise(
    text: string,
    parseSpecial: boolean,
    options?: {signal?: AbortSignal | undefined},
  ): Promise<TokenisedText>;

  /** The text of tokens, that of special ones included. Bytes that are no UTF-8 become U+FFFD. */
  detokenise(tokens: Int32Array): Promise<string>;
}
