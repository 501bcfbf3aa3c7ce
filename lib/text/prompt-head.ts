import type {SpecialTokens} from './special-tokens.js';
import type {TextTokeniser} from './text-tokeniser.js';
import type {SpecialToken, TokenisedText, Tokeniser} from './tokeniser.js';

/** The part of a prompt whose tokens are the same whatever comes behind. */
export interface Head {
  tokens: Int32Array;
  /** What it was made of, and where its tokens begin; `undefined` for tokens that were given. */
  text?: TokenisedText & {text: string};
  /** The special token it ends with. */
  last?: SpecialToken | undefined;
  /** The rest of the prompt. */
  tail: string;
}

/** What turns texts into tokens. */
interface Tokenisers {
  inner: Tokeniser;
  text: TextTokeniser;
  special: SpecialTokens;
}

/** The heads of the prompts of one call: each is tokenised once, however many responses stand behind it. */
export class PromptHeads {
  readonly #tokenisers: Tokenisers;
  readonly #marker: string;
  readonly #known = new Map<string, Promise<Head>>();

  constructor(tokenisers: Tokenisers, marker: string) {
    this.#tokenisers = tokenisers;
    this.#marker = marker;
  }

  /**
   * The head of a prompt: up to its last special token.
   *
   * @param own - what comes behind the prompt, where texts of special tokens in it are such tokens; plain text if left out
   */
  async of(prompt: string, own: string | undefined, signal: AbortSignal | undefined): Promise<Head> {
    let head = this.#known.get(prompt);
    if (!head) {
      head = this.#tokenise(prompt, signal);
      this.#known.set(prompt, head);
    }

    const known = await head;
    const {last, tail} = known;
    // What is allowed to be a special token may make another one of the end of the prompt.
    const isApart =
      last === undefined ||
      own === undefined ||
      this.#tokenisers.special.partition(last.text + tail + own)[1] === last;
    return isApart ? known : {tokens: new Int32Array(), tail: prompt};
  }

  /** The text of each token of a head. */
  async pieces({tokens, text}: Head): Promise<string[]> {
    if (text) {
      return piecesOf(text);
    }

    const pieces: string[] = [];
    for (const token of tokens) {
      pieces.push(await this.#tokenisers.inner.detokenise(Int32Array.of(token)));
    }

    return pieces;
  }

  async #tokenise(prompt: string, signal: AbortSignal | undefined): Promise<Head> {
    const {special, text: tokeniser} = this.#tokenisers;
    const parts = special.partition(prompt);
    const index = parts.findLastIndex(part => typeof part !== 'string');
    if (index === -1) {
      return {tokens: new Int32Array(), tail: prompt};
    }

    const tail = parts.slice(index + 1).join('');
    const text = prompt.slice(0, prompt.length - tail.length);
    const tokenised = await tokeniser.tokenise({text, marker: this.#marker}, signal);
    return {tokens: tokenised.tokens, text: tokenised, last: parts[index] as SpecialToken, tail};
  }
}

/** The text of each token: from where it begins to where the next does. */
export function piecesOf({text, starts}: TokenisedText & {text: string}): string[] {
  const bytes = Buffer.from(text);
  return Array.from(starts, (start, index) => bytes.toString('utf8', start, starts[index + 1]));
}
