import type {LlamaModel, Token} from 'node-llama-cpp';

/** The most tokens that a character is made of, with something to spare. */
const longestCharacter = 8;

/**
 * The text of tokens that come one by one. A character may take several of them, and what a token says may depend on the
 * ones before it.
 */
export class TokenText {
  readonly #model: Pick<LlamaModel, 'detokenize'>;
  #before: readonly Token[];
  #pending: Token[] = [];

  /** @param before - what comes before, at least its last tokens */
  constructor(model: Pick<LlamaModel, 'detokenize'>, before: readonly Token[]) {
    this.#model = model;
    this.#before = before.slice(-longestCharacter);
  }

  /** Adds a token, and returns the text that is complete with it. */
  add(token: Token): string {
    this.#pending.push(token);
    const text = this.#model.detokenize(this.#pending, false, this.#before);
    if (text.endsWith('\uFFFD') && this.#pending.length < longestCharacter) {
      return '';
    }

    this.#before = [...this.#before, ...this.#pending].slice(-longestCharacter);
    this.#pending = [];
    return text;
  }

  /** No more comes: returns what was incomplete, U+FFFD in place of what is no character. */
  end(): string {
    const text = this.#model.detokenize(this.#pending, false, this.#before);
    this.#pending = [];
    return text;
  }
}
