import type {Tokeniser} from '../../text/tokeniser.js';

/** Something to stand before a token: some vocabularies take the blank off the first token of a text. */
const lead = '.';

/** The text of each token by itself, asked for once. */
export class TokenTexts {
  readonly #tokeniser: Tokeniser;
  readonly #texts = new Map<number, string>();
  #lead: Promise<Int32Array> | undefined;

  constructor(tokeniser: Tokeniser) {
    this.#tokeniser = tokeniser;
  }

  /** Makes sure that the texts of these tokens are known. */
  async learn(tokens: Iterable<number>): Promise<void> {
    const unknown = [...new Set(tokens)].filter(token => !this.#texts.has(token));
    await Promise.all(
      unknown.map(async token => {
        this.#texts.set(token, await this.#detokenise(token));
      }),
    );
  }

  /** The text of a token that was learnt; bytes that are no UTF-8 by themselves are U+FFFD. */
  of(token: number): string {
    return this.#texts.get(token)!;
  }

  async #detokenise(token: number): Promise<string> {
    this.#lead ??= this.#tokeniser.tokenise(lead, false).then(({tokens}) => tokens);
    const before = await this.#lead;
    const text = await this.#tokeniser.detokenise(Int32Array.from([...before, token]));
    return text.slice(text.indexOf(lead) + lead.length);
  }
}
