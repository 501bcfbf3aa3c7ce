import type {z} from 'zod';
import {GenerationError} from '../../errors/generation-error.js';
import type {ConversationTokeniser} from '../../text/conversation-tokeniser.js';
import {check} from '../../utils/check.js';
import {credentials} from '../../utils/http/credentials.js';
import {Lane} from '../../utils/http/lane.js';
import {RemoteServer, reasonOf} from '../../utils/http/remote-server.js';
import type {ServerKind} from '../../utils/http/server-models.js';
import {type CheckedInput, generateSchema} from '../generate-schema.js';
import type {RemoteGeneratorOptions, remoteOptionsSchema} from '../generator-options.js';
import {type LoadedModel, loadLlamaModel} from '../local/llama-model.js';
import {generationTokeniser} from '../local/model-tokeniser.js';
import type {
  GenerateInput,
  Generation,
  GenerationUsage,
  GeneratorInfo,
  TextGenerator,
} from '../text-generator.js';
import {type CompletionEvent, completionEvents, usageOf} from './completion-events.js';
import {modelThatWrites} from './model-that-writes.js';
import {ReceivedContinuation} from './received-continuation.js';
import {samplingFields} from './sampling-fields.js';
import {type CompletionPrompt, completionPrompt} from './server-prompts.js';

/** Under way at once, more than a server has places: with 600 of them llama-server wrote less than half as fast. */
const mostRequests = 64;

type Secrets = Pick<RemoteGeneratorOptions, 'apiKey' | 'headers'>;

/** What a generator at a server is made of. */
interface RemoteParts {
  server: RemoteServer;
  model: string;
  kind: ServerKind;
  loaded: LoadedModel | undefined;
  tokeniser: ConversationTokeniser | undefined;
  /** For the server's own template. */
  templateArguments: Readonly<Record<string, unknown>>;
}

/** Continuations that one request asks for. */
interface Part {
  prompt: CompletionPrompt;
  /** The number of the first. */
  first: number;
  n: number;
}

/**
 * A model that writes at a server with OpenAI's `/v1/completions`. Answers are streamed whether anybody listens or not,
 * so that no long one is given up for a timeout, and that an abort leaves what had come.
 */
export class RemoteGenerator implements TextGenerator, AsyncDisposable {
  /** Asks the server what it is. */
  static async open(
    {url, model, tokenizer, retries, templateArguments, date, signal}: z.output<typeof remoteOptionsSchema>,
    secrets: Secrets,
  ): Promise<RemoteGenerator> {
    const server = new RemoteServer({url, retries, ...credentials(secrets, "openGenerator's options")});
    const found = await modelThatWrites(server, model, signal);
    const loaded =
      tokenizer === undefined
        ? undefined
        : await loadLlamaModel({...vocabularyAlone, model: tokenizer, signal});
    try {
      const tokeniser =
        loaded && (await generationTokeniser(loaded.model, {templateArguments, date, signal}));
      return new RemoteGenerator({
        ...{server, ...found, loaded, tokeniser},
        templateArguments: templateArguments ?? {},
      });
    } catch (error) {
      await loaded?.llama.dispose();
      throw error;
    }
  }

  readonly #server: RemoteServer;
  readonly #model: string;
  readonly #kind: ServerKind;
  readonly #loaded: LoadedModel | undefined;
  readonly #tokeniser: ConversationTokeniser | undefined;
  readonly #templateArguments: RemoteParts['templateArguments'];
  readonly #closing = new AbortController();
  readonly #requests = new Lane(mostRequests);

  private constructor({server, model, kind, loaded, tokeniser, templateArguments}: RemoteParts) {
    this.#server = server;
    this.#model = model;
    this.#kind = kind;
    this.#loaded = loaded;
    this.#tokeniser = tokeniser;
    this.#templateArguments = templateArguments;
  }

  get info(): GeneratorInfo {
    return {model: this.#model, lora: null, url: this.#server.url, contextSize: null, parallel: null};
  }

  async generate(input: GenerateInput): Promise<Generation> {
    const checked = check(generateSchema, input, "generate's input");
    this.#requireOpen();
    const signal = AbortSignal.any([this.#closing.signal, ...(checked.signal ? [checked.signal] : [])]);
    const generation = await this.#generate({...checked, signal});
    this.#requireOpen();
    return generation;
  }

  /** Ends what is being written. May be called again. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#tokeniser?.close();
    await this.#loaded?.llama.dispose();
  }

  /** The same as {@link RemoteGenerator.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #generate(input: CheckedInput & {signal: AbortSignal}): Promise<Generation> {
    // llama-server draws the same for all of one request, and does not tell an end of turn from a stop text: each is
    // asked for alone there, and the stop texts are looked for here.
    const alone = this.#kind === 'llama-server';
    const [asked, own] = alone ? [[], input.stop] : [input.stop, []];
    const received = Array.from({length: input.n}, () => new ReceivedContinuation(this.#kind, asked, own));
    const failing = new AbortController();
    const signal = AbortSignal.any([input.signal, failing.signal]);
    try {
      const model = {
        name: this.#model,
        tokeniser: this.#tokeniser,
        templateArguments: this.#templateArguments,
      };
      const prompt = await completionPrompt(this.#server, model, {...input, signal});
      const parts = alone
        ? received.map((_, first) => ({prompt, first, n: 1}))
        : [{prompt, first: 0, n: input.n}];
      const usages = await Promise.all(
        parts.map(async part => this.#receive(part, received, asked, {...input, signal})),
      );
      return {continuations: received.map(one => one.result()), usage: usages.reduce(sum, none)};
    } catch (error) {
      failing.abort();
      if (!input.signal.aborted) {
        throw error;
      }

      return {continuations: received.map(one => one.result()), usage: none};
    }
  }

  /** Asks for a part once there is room for it at the server, and adds what comes to the continuations. */
  async #receive(
    {prompt, first, n}: Part,
    received: readonly ReceivedContinuation[],
    stop: readonly string[],
    input: CheckedInput & {signal: AbortSignal},
  ): Promise<GenerationUsage> {
    const own = received.slice(first, first + n);
    // So that a stop text that is found here ends the request as well.
    const enough = new AbortController();
    const signal = AbortSignal.any([input.signal, enough.signal]);
    const sampling = samplingFields(this.#kind, this.#model, input);
    const body = {...sampling, prompt, n, stop, seed: input.seed + first};
    let usage = none;
    const receive = async () => {
      for await (const event of this.#events(body, signal)) {
        for (const choice of event.choices) {
          const text = own[choice.index]?.add(choice) ?? '';
          if (text !== '') {
            input.onText?.({index: first + choice.index, text});
          }
        }

        usage = usageOf(event) ?? usage;
        if (stop.length < input.stop.length && own.every(({ended}) => ended)) {
          return;
        }
      }
    };
    try {
      await this.#requests.run(this.#model, receive, signal);
    } catch (error) {
      if (!input.signal.aborted) {
        throw error;
      }
    } finally {
      enough.abort();
    }

    if (n === 1 && usage !== none) {
      own[0]!.count(usage.generated);
    }

    return usage;
  }

  async *#events(body: Record<string, unknown>, signal: AbortSignal): AsyncGenerator<CompletionEvent, void> {
    const response = await this.#server.request('/v1/completions', body, signal);
    const url = `${this.#server.url}/v1/completions`;
    let said: string | undefined;
    try {
      for await (const event of completionEvents(response.body!)) {
        if (event.error) {
          said = typeof event.error === 'string' ? event.error : event.error.message;
          break;
        }

        yield event;
      }
    } catch (cause) {
      throw this.#server.failure(`the answer could not be read to its end: ${reasonOf(cause)}`, url, {cause});
    }

    if (said !== undefined) {
      throw this.#server.failure('the server gave up', url, {body: said});
    }
  }

  #requireOpen(): void {
    if (this.#closing.signal.aborted) {
      throw new GenerationError('GENERATOR_CLOSED', 'The generator is closed: open another one.');
    }
  }
}

const none: GenerationUsage = {evaluated: 0, generated: 0};
const vocabularyAlone = {
  vocabularyOnly: true,
  gpu: false,
  gpuLayers: 0,
  threads: 1,
  modelsDirectory: undefined,
  onLog: undefined,
} as const;

function sum(a: GenerationUsage, b: GenerationUsage): GenerationUsage {
  return {evaluated: a.evaluated + b.evaluated, generated: a.generated + b.generated};
}
