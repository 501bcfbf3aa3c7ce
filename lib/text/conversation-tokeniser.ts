import {ChatTemplateError} from '../errors/chat-template-error.js';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {type AssistantTurn, assistantTurn, turnProbe} from './assistant-turn.js';
import {ChatTemplate} from './chat-template.js';
import {learnTemplate} from './learn-template.js';
import {placeInResponse} from './locate-response.js';
import {type PreparedPrompt, preparePrompt} from './prepare-prompt.js';
import type {ChatMessage, Prompt} from './prompt.js';
import {PromptHeads, piecesOf} from './prompt-head.js';
import {plain, type RenderedResponse} from './render-response.js';
import {defaultDate, type RenderingInfo, type RenderingOptions} from './rendering.js';
import {requireShort} from './require-short.js';
import {SpecialTokens} from './special-tokens.js';
import type {TemplateSettings} from './template/template-job.js';
import {TextTokeniser} from './text-tokeniser.js';
import {type TextWarning, warningsOf} from './text-warning.js';
import type {TokenisedResponse} from './tokenised-response.js';
import type {SpecialToken, TokenisedText, Tokeniser} from './tokeniser.js';
import {utf16Offsets} from './utf16-offsets.js';

/** How a response is to be tokenised. */
export interface TokeniseOptions extends RenderingOptions {
  /** Whether the response has come to its end, so that the end-of-turn token belongs to it. */
  complete: boolean;
  /** Take the texts of special tokens in prompt and response for these tokens, instead of as plain text. */
  allowSpecialTokens: boolean;
  /** The most tokens that there may be: a text that cannot have so few is refused before it is tokenised. */
  contextSize?: number | undefined;
  /** Give the text of each token too. */
  withPieces?: boolean | undefined;
  /** What to call the response of that index in errors; `The response` if left out. */
  nameOf?: ((index: number) => string) | undefined;
  /** Stops the rendering and the tokenising; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What a {@link ConversationTokeniser} is made with. */
export interface ConversationTokeniserOptions extends RenderingOptions {
  /** What the model is called in errors of its chat template. */
  modelName?: string | undefined;
  /** Called where what is scored may surprise, for every such response. */
  onWarning?: ((warning: TextWarning) => void) | undefined;
}

/** A prompt and its responses with the prompts that were tokenised. */
type Prepared = PreparedPrompt & {heads: PromptHeads};

/** Turns prompts and responses into tokens, the way the policy was trained to see them. */
export class ConversationTokeniser {
  /**
   * The model's own tokeniser: texts as they are, with no template around them.
   *
   * @internal
   */
  readonly inner: Tokeniser;
  readonly #text: TextTokeniser;
  readonly #special: SpecialTokens;
  readonly #template: ChatTemplate | undefined;
  readonly #options: RenderingOptions;
  readonly #onWarning: ConversationTokeniserOptions['onWarning'];
  #endOfTurn: number;
  #info: RenderingInfo | null = null;

  private constructor(
    tokeniser: Tokeniser,
    {modelName, onWarning, ...options}: ConversationTokeniserOptions,
  ) {
    const {specialTokens, chatTemplate, beginOfText, endOfText} = tokeniser.vocabulary;
    const textOf = (id: number) => specialTokens.find(({token}) => token === id)?.text ?? '';
    this.inner = tokeniser;
    this.#special = new SpecialTokens(specialTokens);
    this.#text = new TextTokeniser(tokeniser, this.#special);
    this.#options = options;
    this.#onWarning = onWarning;
    this.#endOfTurn = endOfText;
    const names = {bos_token: textOf(beginOfText), eos_token: textOf(endOfText)};
    const title = modelName === undefined ? "The model's chat template" : `The chat template of ${modelName}`;
    this.#template = chatTemplate === null ? undefined : new ChatTemplate(chatTemplate, names, title);
  }

  /** Finds out what the model's chat template does, and makes a tokeniser for it. A broken template is no matter yet. */
  static async open(
    tokeniser: Tokeniser,
    {signal, ...options}: ConversationTokeniserOptions & {signal?: AbortSignal | undefined} = {},
  ): Promise<ConversationTokeniser> {
    const made = new ConversationTokeniser(tokeniser, options);
    try {
      await made.#learn(signal);
      return made;
    } catch (error) {
      made.close();
      throw error;
    }
  }

  /** What the chat template does with responses; `null` if there is none that does. */
  get info(): RenderingInfo | null {
    return this.#info;
  }

  /**
   * The tokens of a prompt with each of the responses.
   *
   * @throws {@link ChatTemplateError}, {@link ContextOverflowError}, {@link InvalidInputError}, the signal's reason
   */
  async tokenise(
    prompt: Prompt,
    responses: readonly string[],
    options: TokeniseOptions,
  ): Promise<TokenisedResponse[]> {
    const all: TokenisedResponse[] = [];
    for await (const tokenised of this.tokeniseEach(prompt, responses, options)) {
      all.push(tokenised);
    }

    return all;
  }

  /** The same one by one, so that no more is done where one of them does not do. Throws as `tokenise`. */
  async *tokeniseEach(
    prompt: Prompt,
    responses: readonly string[],
    options: TokeniseOptions,
  ): AsyncGenerator<TokenisedResponse, void> {
    const prepared = this.#prepare(prompt, responses, options);
    for (const [index, response] of responses.entries()) {
      options.signal?.throwIfAborted();
      const rendered = await prepared.render(index);
      this.#warn(response, rendered, prepared, options);
      const name = options.nameOf?.(index) ?? 'The response';
      yield await this.#tokeniseOne(prepared, {name, response, rendered}, options);
    }
  }

  /**
   * The tokens of messages as the chat template writes them, whoever speaks last. Texts of special tokens in them are plain
   * text.
   *
   * @param options - `generationPrompt`: whether to begin an answer behind them
   * @returns the text too, and the byte in it that each token begins at
   * @throws {@link ChatTemplateError}, the signal's reason
   * @internal
   */
  async tokeniseMessages(
    messages: readonly ChatMessage[],
    {
      generationPrompt,
      signal,
      ...options
    }: RenderingOptions & {generationPrompt: boolean; signal?: AbortSignal | undefined},
  ): Promise<TokenisedText & {text: string}> {
    const template = this.#requireTemplate();
    const texts = messages.flatMap(({role, content}) => [role, content]);
    const marker = this.#special.chooseMarker([template.source, ...texts]);
    const marked = messages.map(({role, content}) => ({
      role,
      content: this.#special.disarm(content, marker),
    }));
    const text = await template.messages(marked, generationPrompt, this.#settings(options), signal);
    return this.#text.tokenise({text, marker}, signal);
  }

  /**
   * What the chat template writes around an assistant's turn.
   *
   * @throws {@link ChatTemplateError} if there is none, or it writes no such turn; the signal's reason
   * @internal
   */
  async assistantTurn(signal?: AbortSignal | undefined): Promise<AssistantTurn> {
    const template = this.#requireTemplate();
    const question = [{role: 'user', content: turnProbe}];
    const beginOfText = this.#special.find(this.inner.vocabulary.beginOfText)?.text ?? '';
    const rendered = await template.prompt(question, this.#settings({}), signal);
    const turn = assistantTurn(rendered, beginOfText);
    if (!turn) {
      throw template.failure('shows no place where an answer begins');
    }

    return turn;
  }

  /** The text of tokens; bytes that are no UTF-8 by themselves become U+FFFD. */
  async detokenise(tokens: Int32Array): Promise<string> {
    return this.inner.detokenise(tokens);
  }

  /** The special token of that number, if it is one. */
  specialToken(token: number): SpecialToken | undefined {
    return this.#special.find(token);
  }

  /** Ends what the chat template is busy with. */
  close(): void {
    this.#template?.close();
  }

  async #learn(signal: AbortSignal | undefined): Promise<void> {
    const template = this.#template;
    if (!template) {
      return;
    }

    const learnt = await learnTemplate(template, this.#settings({}), this.#options.rendering, signal);
    this.#info = learnt?.info ?? null;
    this.#endOfTurn = this.#endBehind(learnt?.behind ?? '')?.token ?? this.#endOfTurn;
  }

  async #tokeniseOne(
    prepared: Prepared,
    {name, response, rendered}: {name: string; response: string; rendered: RenderedResponse},
    options: TokeniseOptions,
  ): Promise<TokenisedResponse> {
    const {marker, heads} = prepared;
    const end = options.complete ? this.#ending(rendered) : {text: '', token: undefined};
    const limits = {...options, longestToken: this.inner.vocabulary.longestToken};
    requireShort(name, rendered, prepared, limits);
    const own = rendered.body + end.text;
    const head = prepared.tokens
      ? {tokens: prepared.tokens, tail: ''}
      : await heads.of(rendered.before, options.allowSpecialTokens ? own : undefined, options.signal);
    const {tokens: headTokens, last, tail} = head;
    const marked = {text: tail + own, marker, after: last};
    const {text, tokens, starts} = await this.#text.tokenise(marked, options.signal);
    const promptText = plain(tail, marker);
    const inTail = firstAtOrBehind(starts, Buffer.byteLength(promptText));
    const places = utf16Offsets(text, starts.subarray(inTail)).map(index =>
      placeInResponse(index - promptText.length, rendered.stretches, response.length),
    );
    const {rendering, unscored, isCutByTemplate} = rendered;
    const ending = end.token === undefined ? [] : [this.#special.find(end.token)?.text ?? ''];
    return {
      ...(options.withPieces
        ? {pieces: [...(await heads.pieces(head)), ...piecesOf({text, tokens, starts}), ...ending]}
        : {}),
      tokens: joined(headTokens, tokens, end.token === undefined ? [] : [end.token]),
      promptLength: headTokens.length + inTail,
      starts: end.token === undefined ? places : Uint32Array.from([...places, response.length]),
      rendering,
      unscored,
      isCutByTemplate,
    };
  }

  /** What ends the response's turn: text of the template with a special token, or just the token. */
  #ending({rendering, behind}: RenderedResponse): {text: string; token: number | undefined} {
    const special = this.#endBehind(behind);
    if (special && rendering === 'conversation') {
      const space = behind.slice(0, behind.length - behind.trimStart().length);
      return {text: space + special.text, token: undefined};
    }

    return {text: '', token: special?.token ?? this.#requireEndOfTurn()};
  }

  #endBehind(behind: string): SpecialToken | undefined {
    return this.#special.findAtStart(behind.trimStart());
  }

  #prepare(prompt: Prompt, responses: readonly string[], options: TokeniseOptions): Prepared {
    const prepared = preparePrompt(prompt, responses, {
      ...options,
      special: this.#special,
      requireTemplate: () => this.#requireTemplate(),
      settings: this.#settings(options),
      wanted: options.rendering ?? this.#options.rendering,
    });
    const tokenisers = {inner: this.inner, text: this.#text, special: this.#special};
    return {...prepared, heads: new PromptHeads(tokenisers, prepared.marker)};
  }

  #settings({templateArguments, date}: RenderingOptions): TemplateSettings {
    return {
      arguments: {...this.#options.templateArguments, ...templateArguments},
      date: date ?? this.#options.date ?? defaultDate,
    };
  }

  #warn(response: string, rendered: RenderedResponse, {isRaw}: Prepared, {complete}: TokeniseOptions): void {
    for (const warning of isRaw || !this.#onWarning ? [] : warningsOf(response, rendered, complete)) {
      this.#onWarning?.(warning);
    }
  }

  #requireTemplate(): ChatTemplate {
    if (!this.#template) {
      throw new ChatTemplateError(
        'NO_CHAT_TEMPLATE',
        'The policy has no chat template. Give the prompt as {raw: text}, with whatever the model expects around it.',
      );
    }

    return this.#template;
  }

  #requireEndOfTurn(): number {
    if (this.#endOfTurn < 0) {
      throw new InvalidInputError('The policy has no token that ends a turn: score with complete: false.');
    }

    return this.#endOfTurn;
  }
}

/** Copies whole stretches: a prompt may have a million tokens, and is there once for each response. */
function joined(...parts: readonly ArrayLike<number>[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }

  return all;
}

function firstAtOrBehind(starts: Uint32Array, offset: number): number {
  const index = starts.findIndex(start => start >= offset);
  return index === -1 ? starts.length : index;
}
