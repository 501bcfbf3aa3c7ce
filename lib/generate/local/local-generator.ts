import type {LlamaContext, Token} from 'node-llama-cpp';
import type {z} from 'zod';
import {ContextOverflowError} from '../../errors/context-overflow-error.js';
import {GenerationError} from '../../errors/generation-error.js';
import {InvalidInputError} from '../../errors/invalid-input-error.js';
import {locateModel} from '../../pair/locate-model.js';
import type {ConversationTokeniser} from '../../text/conversation-tokeniser.js';
import {check} from '../../utils/check.js';
import {type CheckedInput, generateSchema} from '../generate-schema.js';
import type {localOptionsSchema} from '../generator-options.js';
import type {AddedText, GenerateInput, Generation, GeneratorInfo, TextGenerator} from '../text-generator.js';
import {generationFailure, type LoadedModel, loadLlamaModel} from './llama-model.js';
import {generationTokeniser} from './model-tokeniser.js';
import {SharedPrefix} from './shared-prefix.js';
import {type WritingCall, writeInRounds} from './write-in-rounds.js';

type LocalOptions = z.output<typeof localOptionsSchema>;

/**
 * A model that writes in this process, with node-llama-cpp: all continuations of a call in one context, prompt and
 * prefix evaluated once. Calls take turns.
 */
export class LocalGenerator implements TextGenerator, AsyncDisposable {
  /** Loads the model. */
  static async open(options: LocalOptions): Promise<LocalGenerator> {
    const {modelsDirectory: directory, signal} = options;
    const lora =
      options.lora === undefined ? undefined : await locateModel(options.lora, {directory, signal});
    const loaded = await loadLlamaModel(options);
    try {
      return new LocalGenerator(loaded, await generationTokeniser(loaded.model, options), {...options, lora});
    } catch (error) {
      await loaded.llama.dispose();
      throw error;
    }
  }

  readonly #loaded: LoadedModel;
  readonly #options: LocalOptions;
  readonly #tokeniser: ConversationTokeniser;
  /** Ends when the calls before have ended. */
  #turn: Promise<unknown> = Promise.resolve();
  #context: LlamaContext | undefined;
  #prefix: SharedPrefix | undefined;
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  private constructor(loaded: LoadedModel, tokeniser: ConversationTokeniser, options: LocalOptions) {
    this.#loaded = loaded;
    this.#options = options;
    this.#tokeniser = tokeniser;
  }

  get info(): GeneratorInfo {
    const {lora = null, parallel} = this.#options;
    return {model: this.#loaded.path, lora, url: null, contextSize: this.#contextSize, parallel};
  }

  async generate(input: GenerateInput): Promise<Generation> {
    const [generation] = await this.generateAll([input]);
    return generation!;
  }

  /** Writes the continuations of all inputs side by side. The same inputs give the same texts. */
  async generateAll(inputs: readonly GenerateInput[]): Promise<Generation[]> {
    const checked = inputs.map(input => check(generateSchema, input, "generate's input"));
    this.#requireOpen();
    const generations = this.#turn.then(async () => this.#generateAll(checked));
    this.#turn = generations.catch(() => undefined);
    return generations;
  }

  /** Ends what is being written and frees the model. Resolves once it is freed; may be called again. */
  close(): Promise<void> {
    this.#closing.abort();
    this.#tokeniser.close();
    this.#closed ??= this.#turn.then(async () => this.#loaded.llama.dispose());
    return this.#closed;
  }

  /** The same as {@link LocalGenerator.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #generateAll(inputs: readonly CheckedInput[]): Promise<Generation[]> {
    this.#requireOpen();
    const thrown: {error?: unknown} = {};
    const calls: WritingCall[] = [];
    for (const input of inputs) {
      calls.push(await this.#callOf(input, thrown));
    }

    const wanted = inputs.reduce((sum, {n}) => sum + n, 0);
    try {
      const prefix = await this.#prefixFor(Math.min(wanted, this.#options.parallel));
      const generations = await writeInRounds(this.#loaded.model, prefix, calls);
      this.#requireOpen();
      return generations;
    } catch (error) {
      throw 'error' in thrown ? thrown.error : generationFailure(error);
    }
  }

  /** Makes the tokens to go on from. What a listener throws is put into `thrown`. */
  async #callOf(input: CheckedInput, thrown: {error?: unknown}): Promise<WritingCall> {
    const {tokens, promptLength} = await this.#tokenise(input);
    if (tokens.length === 0) {
      throw new InvalidInputError('There is nothing to go on from: prompt and prefix have no tokens.');
    }

    const room = this.#contextSize - tokens.length;
    if (room < 1) {
      throw new ContextOverflowError(
        `Prompt and prefix have ${tokens.length} tokens and leave no room for another in a context of ${this.#contextSize}.`,
      );
    }

    const signal = AbortSignal.any([this.#closing.signal, ...(input.signal ? [input.signal] : [])]);
    const onText = (added: AddedText) => {
      try {
        input.onText?.(added);
      } catch (error) {
        thrown.error = error;
        throw error;
      }
    };
    return {input: {...input, signal, onText}, tokens, promptLength, room};
  }

  async #tokenise({
    prompt,
    prefix,
    allowSpecialTokens,
  }: CheckedInput): Promise<{tokens: Token[]; promptLength: number}> {
    const texts = prefix === '' ? [''] : ['', prefix];
    const options = {complete: false, allowSpecialTokens};
    const tokenised = await this.#tokeniser.tokenise(prompt, texts, options);
    const [{tokens: alone}, {tokens}] = [tokenised[0]!, tokenised.at(-1)!];
    // Where the tokenizer puts the prompt's end and the prefix's beginning into one token, that is none of the prompt.
    const differs = alone.findIndex((token, index) => token !== tokens[index]);
    return {tokens: Array.from(tokens) as Token[], promptLength: differs === -1 ? alone.length : differs};
  }

  get #contextSize(): number {
    return this.#options.contextSize ?? Math.min(this.#loaded.model.trainContextSize, 4096);
  }

  /** The context, made anew if it has too few sequences. */
  async #prefixFor(branches: number): Promise<SharedPrefix> {
    if (this.#prefix && this.#prefix.branches.length >= branches) {
      return this.#prefix;
    }

    await this.#context?.dispose();
    this.#prefix = undefined;
    const {lora} = this.#options;
    this.#context = await this.#loaded.model.createContext({
      sequences: branches + 1,
      contextSize: this.#contextSize,
      threads: this.#loaded.threads,
      ...(lora === undefined ? {} : {lora}),
    });
    this.#prefix = new SharedPrefix(this.#context);
    return this.#prefix;
  }

  #requireOpen(): void {
    if (this.#closing.signal.aborted) {
      throw new GenerationError('GENERATOR_CLOSED', 'The generator is closed: open another one.');
    }
  }
}
