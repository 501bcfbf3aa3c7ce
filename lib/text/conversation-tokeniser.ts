import {ChatTemplateError} from '../errors/chat-template-error.js';
import {ContextOverflowError} from '../errors/context-overflow-error.js';
import {InvalidInputError} from '../errors/invalid-input-error.js';
import {type AssistantTurn, assistantTurn, turnProbe} from './assistant-turn.js';
import {ChatTemplate, type RenderedPrompt} from './chat-template.js';
import {learnTemplate} from './learn-template.js';
import {placeInResponse} from './locate-response.js';
import type {ChatMessage, Prompt} from './prompt.js';
import {plain, type RenderedResponse, renderResponse} from './render-response.js';
import {defaultDate, type RenderingInfo, type RenderingOptions} from './rendering.js';
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

/** Texts ready to have the responses put behind them. */
interface Prepared {
  marker: string;
  /** Whether the prompt is used as it is. */
  isRaw: boolean;
  /** The text of one response. */
  render: (index: number) => Promise<RenderedResponse>;
  /** Tokens in place of a prompt's text. */
  tokens?: Int32Array;
  /** Prompts that were tokenised, up to their last special token. */
  heads: Map<string, Promise<Head>>;
}

/** The part of a prompt whose tokens are the same whatever comes behind. */
interface Head {
  tokens: Int32Array;
  /** What it was made of, and where its tokens begin; `undefined` for tokens that were given. */
  text?: TokenisedText & {text: string};
  /** The special token it ends with. */
  last?: SpecialToken | undefined;
  /** The rest of the prompt. */
  tail: string;
}

/** How many responses are rendered at once, and of how many characters. */
const atOnce = {responses: 64, length: 1_000_000};

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
    const prepared = await this.#prepare(prompt, responses, options);
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
    const {marker} = prepared;
    const end = options.complete ? this.#ending(rendered) : {text: '', token: undefined};
    this.#requireShort(name, rendered, prepared, options);
    const own = rendered.body + end.text;
    const head = await this.#head(prepared, rendered.before, own, options);
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
        ? {pieces: [...(await this.#headPieces(head)), ...piecesOf({text, tokens, starts}), ...ending]}
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

  /** Refuses a text whose bytes are more than the longest tokens could have. */
  #requireShort(
    name: string,
    {before, body}: RenderedResponse,
    {tokens, marker}: Prepared,
    {contextSize}: TokeniseOptions,
  ): void {
    const {longestToken = Number.POSITIVE_INFINITY} = this.inner.vocabulary;
    if (contextSize === undefined || (before.length + body.length) * 3 <= contextSize * longestToken) {
      return;
    }

    // White space may be no token at all: some special tokens swallow it.
    const bytes = Buffer.byteLength(plain(before + body, marker).replaceAll(/\s+/gu, ''));
    const least = (tokens?.length ?? 0) + Math.ceil(bytes / longestToken);
    if (least > contextSize) {
      throw new ContextOverflowError(
        `${name} does not fit the context: with its prompt it has ${bytes} bytes, which are at least ${least} ` +
          `tokens, but the context has ${contextSize}. Open the pair with a larger contextSize, or shorten the text.`,
      );
    }
  }

  /** The tokens of a prompt up to its last special token, which are the same whatever comes behind. */
  async #head(
    {tokens, marker, heads}: Prepared,
    before: string,
    own: string,
    {allowSpecialTokens, signal}: TokeniseOptions,
  ): Promise<Head> {
    if (tokens) {
      return {tokens, tail: ''};
    }

    let head = heads.get(before);
    if (!head) {
      head = this.#tokeniseHead(before, marker, signal);
      heads.set(before, head);
    }

    const known = await head;
    const {last, tail} = known;
    // What is allowed to be a special token may make another one of the end of the prompt.
    const isApart =
      last === undefined ||
      !allowSpecialTokens ||
      this.#special.partition(last.text + tail + own)[1] === last;
    return isApart ? known : {tokens: new Int32Array(), tail: before};
  }

  async #headPieces({tokens, text}: Head): Promise<string[]> {
    if (text) {
      return piecesOf(text);
    }

    const pieces: string[] = [];
    for (const token of tokens) {
      pieces.push(await this.inner.detokenise(Int32Array.of(token)));
    }

    return pieces;
  }

  async #tokeniseHead(before: string, marker: string, signal: AbortSignal | undefined): Promise<Head> {
    const parts = this.#special.partition(before);
    const index = parts.findLastIndex(part => typeof part !== 'string');
    if (index === -1) {
      return {tokens: new Int32Array(), tail: before};
    }

    const tail = parts.slice(index + 1).join('');
    const text = before.slice(0, before.length - tail.length);
    const tokenised = await this.#text.tokenise({text, marker}, signal);
    return {tokens: tokenised.tokens, text: tokenised, last: parts[index] as SpecialToken, tail};
  }

  async #prepare(prompt: Prompt, responses: readonly string[], options: TokeniseOptions): Promise<Prepared> {
    const {allowSpecialTokens} = options;
    const disarmed = (text: string, marker: string) =>
      allowSpecialTokens ? text : this.#special.disarm(text, marker);
    if (typeof prompt === 'object' && 'raw' in prompt) {
      const raw = typeof prompt.raw === 'string' ? prompt.raw : '';
      const marker = this.#special.chooseMarker([raw, ...responses]);
      const marked = responses.map(response => disarmed(response, marker));
      return {
        ...{marker, isRaw: true, heads: new Map<string, Promise<Head>>()},
        ...(typeof prompt.raw === 'string' ? {} : {tokens: Int32Array.from(prompt.raw)}),
        render: async index => rawResponse(raw, marked[index]!, responses[index]!),
      };
    }

    const messages = typeof prompt === 'string' ? [{role: 'user', content: prompt}] : prompt;
    const template = this.#requireTemplate();
    const texts = messages.flatMap(({role, content}) => [role, content]);
    const marker = this.#special.chooseMarker([template.source, ...texts, ...responses]);
    const marked = responses.map(response => disarmed(response, marker));
    const markedMessages = messages.map(({role, content}) => ({role, content: disarmed(content, marker)}));
    return {
      ...{marker, isRaw: false, heads: new Map<string, Promise<Head>>()},
      render: this.#rendering(template, markedMessages, {responses, marked, marker}, options),
    };
  }

  /** Renders the first response by itself, since it may show that none will do, and the others many at a time. */
  #rendering(
    template: ChatTemplate,
    messages: readonly ChatMessage[],
    {responses, marked, marker}: {responses: readonly string[]; marked: readonly string[]; marker: string},
    options: TokeniseOptions,
  ): Prepared['render'] {
    const {complete, signal} = options;
    const settings = this.#settings(options);
    let prompt: RenderedPrompt | undefined;
    let group: {from: number; conversations: Awaited<ReturnType<ChatTemplate['conversations']>>} | undefined;
    return async index => {
      prompt ??= await template.prompt(messages, settings, signal);
      if (!group || index >= group.from + group.conversations.length) {
        const next = index === 0 ? marked.slice(0, 1) : nextGroup(marked, index, prompt);
        group = {from: index, conversations: await template.conversations(messages, next, settings, signal)};
      }

      const wanted = options.rendering ?? this.#options.rendering;
      return renderResponse(
        prompt,
        group.conversations[index - group.from]!,
        {response: responses[index]!, marked: marked[index]!, marker, complete, wanted},
        what => template.failure(what),
      );
    };
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

function rawResponse(before: string, body: string, {length}: string): RenderedResponse {
  return {
    ...{rendering: 'continuation', before, body, behind: ''},
    stretches: [{text: 0, response: 0, length}],
    unscored: [],
    isCutByTemplate: false,
  };
}

function nextGroup(marked: readonly string[], from: number, {frame}: RenderedPrompt): readonly string[] {
  const around = (frame?.before.length ?? 0) + (frame?.behind.length ?? 0);
  let length = 0;
  let end = from;
  while (end < marked.length && end < from + atOnce.responses && (end === from || length < atOnce.length)) {
    length += around + marked[end++]!.length;
  }

  return marked.slice(from, end);
}

/** The text of each token: from where it begins to where the next does. */
function piecesOf({text, starts}: TokenisedText & {text: string}): string[] {
  const bytes = Buffer.from(text);
  return Array.from(starts, (start, index) => bytes.toString('utf8', start, starts[index + 1]));
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
