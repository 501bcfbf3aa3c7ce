import {z} from 'zod';
import type {ServedModel} from '../../engine/remote/served-model.js';
import {RemoteError} from '../../errors/remote-error.js';
import {SpecialTokens} from '../../text/special-tokens.js';
import type {TokenisedText, Tokeniser, VocabularyInfo} from '../../text/tokeniser.js';
import {remoteVocabulary} from './remote-vocabulary.js';
import {tokenBytes} from './token-bytes.js';

const tokenised = z.object({tokens: z.array(z.int()), token_strs: z.array(z.string()).nullish()});
const detokenised = z.object({prompt: z.string()});

/**
 * The tokens of a text, of a server that has `/tokenize`. It takes the texts of special tokens for these tokens.
 *
 * @returns tokens, and the strings that the vocabulary has for them if the server gives any
 * @throws {@link RemoteError}, the signal's reason
 */
export async function tokensAtServer(
  {server, id}: Pick<ServedModel, 'server' | 'id'>,
  text: string,
  signal: AbortSignal | undefined,
): Promise<{tokens: number[]; strings: string[] | undefined}> {
  const body = {model: id, prompt: text, add_special_tokens: false, return_token_strs: true};
  const answer = await server.json('/tokenize', {body, signal});
  const {success, data, error} = tokenised.safeParse(answer);
  if (!success) {
    throw server.failure('the server does not answer with tokens', `${server.url}/tokenize`, {
      body: JSON.stringify(answer),
      cause: error,
    });
  }

  return {tokens: data.tokens, strings: data.token_strs ?? undefined};
}

/** The tokeniser of a model at a server that has `/tokenize`, `/detokenize` and `/tokenizer_info`. */
export class RemoteTokeniser implements Tokeniser {
  /**
   * Asks the server for the chat template and the special tokens.
   *
   * @throws {@link RemoteError}, with what to do where the server does not tell
   */
  static async open(model: ServedModel, signal: AbortSignal | undefined): Promise<RemoteTokeniser> {
    return new RemoteTokeniser(model, await remoteVocabulary(model, signal));
  }

  readonly #model: ServedModel;
  readonly #special: SpecialTokens;

  private constructor(
    model: ServedModel,
    readonly vocabulary: VocabularyInfo,
  ) {
    this.#model = model;
    this.#special = new SpecialTokens(vocabulary.specialTokens);
  }

  async tokenise(
    text: string,
    parseSpecial: boolean,
    {signal}: {signal?: AbortSignal | undefined} = {},
  ): Promise<TokenisedText> {
    const parts = parseSpecial ? [text] : this.#plainParts(text);
    const tokens: number[] = [];
    const starts: number[] = [];
    let offset = 0;
    for (const part of parts) {
      const {tokens: own, lengths} = await this.#tokenisePart(part, signal);
      for (const [index, token] of own.entries()) {
        tokens.push(token);
        starts.push(offset);
        offset += lengths[index]!;
      }
    }

    return {tokens: Int32Array.from(tokens), starts: Uint32Array.from(starts)};
  }

  async detokenise(tokens: Int32Array): Promise<string> {
    const {server, id} = this.#model;
    const answer = await server.json('/detokenize', {body: {model: id, tokens: Array.from(tokens)}});
    const {success, data} = detokenised.safeParse(answer);
    if (!success) {
      throw server.failure('the server does not answer with a text', `${server.url}/detokenize`, {
        body: JSON.stringify(answer),
      });
    }

    return data.prompt;
  }

  /** Cut within special tokens, which a server would take from the text. */
  #plainParts(text: string): string[] {
    const marker = this.#special.chooseMarker([text]);
    return this.#special
      .disarm(text, marker)
      .split(marker)
      .filter(part => part !== '');
  }

  async #tokenisePart(
    text: string,
    signal: AbortSignal | undefined,
  ): Promise<{tokens: number[]; lengths: number[]}> {
    const {tokens, strings} = await tokensAtServer(this.#model, text, signal);
    const lengths = strings?.length === tokens.length ? tokenBytes(text, strings) : undefined;
    if (!lengths) {
      const {server} = this.#model;
      throw new RemoteError(
        `${server.url}/tokenize: the strings of the tokens do not make up the text, so that it is not known where in it ` +
          'each begins: give a GGUF file with the vocabulary as tokenizer.',
        {url: `${server.url}/tokenize`},
      );
    }

    return {tokens, lengths};
  }
}
