import type {ChatTemplateError} from '../errors/chat-template-error.js';
import type {Frame} from './locate-response.js';
import type {ChatMessage} from './prompt.js';
import type {Rendered, TemplateNames, TemplateSettings} from './template/template-job.js';
import {type RenderLimits, TemplateRenderer} from './template/template-renderer.js';

/** What a conversation looks like whatever the response. */
export interface RenderedPrompt {
  /** The text that a generator goes on from. */
  prompt: Rendered;
  /** What the template writes around a response; `undefined` if it writes none, or refuses them. */
  frame: Frame | undefined;
}

// Something that no template changes, to find again in what it renders.
const probe = 'implicit-prm-probe';

/** How many prompts are kept, and of how many characters. */
const kept = {prompts: 16, length: 1_000_000};

/** A model's chat template: Jinja, from the GGUF's metadata. It is run on another thread. */
export class ChatTemplate {
  readonly #renderer: TemplateRenderer;
  readonly #prompts = new Map<string, Promise<RenderedPrompt>>();

  /** @param title - what to call it in errors, such as `The chat template of a.gguf` */
  constructor(
    /** Its Jinja source. */
    readonly source: string,
    names: TemplateNames,
    title = "The model's chat template",
    limits: Partial<RenderLimits> = {},
  ) {
    this.#renderer = new TemplateRenderer({source, names}, title, limits);
  }

  /**
   * The texts of a conversation up to where a response begins, and around one.
   *
   * @throws {@link ChatTemplateError} `CHAT_TEMPLATE_FAILED` if the template cannot be parsed or takes too much; the
   * signal's reason
   */
  async prompt(
    messages: readonly ChatMessage[],
    settings: TemplateSettings,
    signal?: AbortSignal | undefined,
  ): Promise<RenderedPrompt> {
    const key = JSON.stringify([messages, settings]);
    const known = this.#prompts.get(key);
    if (known) {
      return known;
    }

    const prompt = await this.#prompt(messages, settings, signal);
    if (key.length <= kept.length) {
      this.#prompts.set(key, Promise.resolve(prompt));
      for (const oldest of this.#prompts.keys()) {
        if (this.#prompts.size > kept.prompts) {
          this.#prompts.delete(oldest);
        }
      }
    }

    return prompt;
  }

  /** The texts of a conversation with each of the responses to it. Throws as {@link ChatTemplate.prompt}. */
  async conversations(
    messages: readonly ChatMessage[],
    responses: readonly string[],
    settings: TemplateSettings,
    signal?: AbortSignal | undefined,
  ): Promise<Rendered[]> {
    const job = {messages, prompt: false, answers: responses, ...settings};
    return (await this.#renderer.run(job, signal)).answers;
  }

  /**
   * The text of messages, whoever speaks last.
   *
   * @param generationPrompt - whether to begin an answer behind them
   * @throws as {@link ChatTemplate.prompt}, and if the template refuses these messages
   */
  async messages(
    messages: readonly ChatMessage[],
    generationPrompt: boolean,
    settings: TemplateSettings,
    signal?: AbortSignal | undefined,
  ): Promise<string> {
    const job = {messages, prompt: generationPrompt, alone: !generationPrompt, answers: [], ...settings};
    const {prompt, alone} = await this.#renderer.run(job, signal);
    const rendered = (prompt ?? alone)!;
    if ('error' in rendered) {
      throw this.failure(`refuses these messages: ${rendered.error}`);
    }

    return rendered.text;
  }

  /** The error that something is wrong with the template or what it makes. */
  failure(what: string): ChatTemplateError {
    return this.#renderer.failure(what);
  }

  /** Ends what is under way. */
  close(): void {
    this.#renderer.close();
  }

  async #prompt(
    messages: readonly ChatMessage[],
    settings: TemplateSettings,
    signal: AbortSignal | undefined,
  ): Promise<RenderedPrompt> {
    const job = {messages, prompt: true, answers: [probe], ...settings};
    const {prompt, answers} = await this.#renderer.run(job, signal);
    const [conversation] = answers;
    const text = conversation && 'text' in conversation ? conversation.text : '';
    const at = text.lastIndexOf(probe);
    return {
      prompt: prompt!,
      frame: at === -1 ? undefined : {before: text.slice(0, at), behind: text.slice(at + probe.length)},
    };
  }
}
