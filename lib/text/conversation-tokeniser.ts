import {ChatTemplateError} from '../errors/chat-template-error.js';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {ChatTemplate} from './chat-template.js';
import type {ChatMessage, Prompt} from './prompt.js';
import {SpecialTokens} from './special-tokens.js';
import type {TokenisedText, Tokeniser} from './tokeniser.js';
import {utf16Offsets} from './utf16-offsets.js';

/** A prompt and a response as tokens. */
export interface TokenisedResponse {
  /** Those of the prompt, then those of the response, then the end-of-turn token of a finished response. */
  tokens: Int32Array;
  /** How many of them are the prompt's: those that begin in it. */
  promptLength: number;
  /**
   * For each token of the response the index in its text of the character it begins in; the end-of-turn token begins
   * at the text's end.
   */
  starts: Uint32Array;
}

/** How a response is to be tokenised. */
export interface TokeniseOptions {
  /** Whether the response has come to its end, so that the end-of-turn token belongs to it. */
  complete: boolean;
  /** Take the texts of special tokens in prompt and response for these tokens, instead of as plain text. */
  allowSpecialTokens: boolean;
}

/** A prompt ready to have responses put behind it. */
interface PreparedPrompt {
  text: string;
  /** The tokens to use in place of the text. */
  tokens?: Int32Array;
  /** What keeps special tokens apart that are to be text. */
  marker: string;
}

/** Turns prompts and responses into tokens, the way the policy was trained to see them. */
export class ConversationTokeniser {
  readonly #tokeniser: Tokeniser;
  readonly #special: SpecialTokens;
  readonly #templateSource: string;
  readonly #template: ChatTemplate | undefined;
  readonly #endOfTurn: number;

  constructor(tokeniser: Tokeniser) {
    const {specialTokens, chatTemplate, beginOfText, endOfText} = tokeniser.vocabulary;
    const textOf = (id: number) => specialTokens.find(({token}) => token === id)?.text ?? '';
    this.#tokeniser = tokeniser;
    this.#special = new SpecialTokens(specialTokens);
    this.#templateSource = chatTemplate ?? '';
    this.#template =
      chatTemplate === null
        ? undefined
        : new ChatTemplate(chatTemplate, {
            bos_token: textOf(beginOfText),
            eos_token: textOf(endOfText),
          });
    this.#endOfTurn = this.#findEndOfTurn(endOfText);
  }

  /** The tokens of a prompt with each of the responses. */
  async tokenise(
    prompt: Prompt,
    responses: readonly string[],
    options: TokeniseOptions,
  ): Promise<TokenisedResponse[]> {
    const prepared = this.#prepare(prompt, responses, options);
    return Promise.all(responses.map(async response => this.#tokeniseOne(prepared, response, options)));
  }

  /** The text of each token; bytes that are no UTF-8 by themselves become U+FFFD. */
  async detokenise(tokens: Int32Array): Promise<string> {
    return this.#tokeniser.detokenise(tokens);
  }

  async #tokeniseOne(
    prompt: PreparedPrompt,
    response: string,
    {complete, allowSpecialTokens}: TokeniseOptions,
  ): Promise<TokenisedResponse> {
    const behind = prompt.tokens ? '' : prompt.text;
    const plain = allowSpecialTokens ? response : this.#special.disarm(response, prompt.marker);
    const {text, tokens, starts} = await this.#tokeniseText(behind + plain, prompt.marker);
    const promptText = behind.replaceAll(prompt.marker, '');
    const promptBytes = Buffer.byteLength(promptText);
    const own = firstAtOrBehind(starts, promptBytes);
    const responseStarts = utf16Offsets(text, starts.subarray(own)).map(index => index - promptText.length);
    const all = [...(prompt.tokens ?? []), ...tokens, ...(complete ? [this.#requireEndOfTurn()] : [])];
    return {
      tokens: Int32Array.from(all),
      promptLength: (prompt.tokens?.length ?? 0) + own,
      starts: complete ? Uint32Array.from([...responseStarts, response.length]) : responseStarts,
    };
  }

  /**
   * Without a marker in it the text is tokenised at once. With one the special tokens left are the template's: the
   * text is cut at them, as llama.cpp does, and what lies between is tokenised as plain text. The same is done where
   * special tokens swallow white space: which, cannot be told from the tokens afterwards.
   */
  async #tokeniseText(text: string, marker: string): Promise<TokenisedText & {text: string}> {
    if (!text.includes(marker) && !this.#special.swallowSpace) {
      return {text, ...(await this.#tokeniser.tokenise(text, true))};
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
      const {text: kept, leading} = stripped(plain, parts[index - 1], parts[index + 1]);
      const piece = kept === '' ? none : await this.#tokeniser.tokenise(kept, false);
      for (const [position, token] of piece.tokens.entries()) {
        tokens.push(token);
        starts.push(offset + leading + piece.starts[position]!);
      }

      offset += Buffer.byteLength(plain);
    }

    return {
      text: text.replaceAll(marker, ''),
      tokens: Int32Array.from(tokens),
      starts: Uint32Array.from(starts),
    };
  }

  #prepare(
    prompt: Prompt,
    responses: readonly string[],
    {allowSpecialTokens}: TokeniseOptions,
  ): PreparedPrompt {
    if (typeof prompt === 'object' && 'raw' in prompt) {
      const raw =
        typeof prompt.raw === 'string' ? {text: prompt.raw} : {text: '', tokens: Int32Array.from(prompt.raw)};
      return {...raw, marker: this.#special.chooseMarker([raw.text, ...responses])};
    }

    const messages = typeof prompt === 'string' ? [{role: 'user', content: prompt}] : prompt;
    const texts = messages.flatMap(({role, content}) => [role, content]);
    const marker = this.#special.chooseMarker([this.#templateSource, ...texts, ...responses]);
    const plain = (text: string) => (allowSpecialTokens ? text : this.#special.disarm(text, marker));
    return {text: this.#render(messages.map(({role, content}) => ({role, content: plain(content)}))), marker};
  }

  #render(messages: readonly ChatMessage[]): string {
    if (!this.#template) {
      throw new ChatTemplateError(
        'NO_CHAT_TEMPLATE',
        'The policy has no chat template. Give the prompt as {raw: text}, with whatever the model expects around it.',
      );
    }

    return this.#template.render(messages);
  }

  /** The token that the template puts behind an answer, else the one that ends a text. */
  #findEndOfTurn(endOfText: number): number {
    const after = this.#template?.afterAnswer() ?? '';
    return this.#special.findAtStart(after.trimStart())?.token ?? endOfText;
  }

  #requireEndOfTurn(): number {
    if (this.#endOfTurn < 0) {
      throw new InvalidInputError('The policy has no token that ends a turn: score with complete: false.');
    }

    return this.#endOfTurn;
  }
}

const none: TokenisedText = {tokens: new Int32Array(), starts: new Uint32Array()};

function firstAtOrBehind(starts: Uint32Array, offset: number): number {
  const index = starts.findIndex(start => start >= offset);
  return index === -1 ? starts.length : index;
}

/** Text without the white space that a special token beside it swallows, and how many bytes of that came first. */
function stripped(
  text: string,
  before: string | {stripRight: boolean} | undefined,
  after: string | {stripLeft: boolean} | undefined,
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
