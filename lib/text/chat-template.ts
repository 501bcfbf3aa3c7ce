import {Template} from '@huggingface/jinja';
import {ChatTemplateError} from '../errors/chat-template-error.js';
import type {ChatMessage} from './prompt.js';

/** What a chat template may refer to beside the messages. */
export interface TemplateTokens {
  bos_token: string;
  eos_token: string;
}

// Something that no template changes, to find again in what it renders.
const probe = 'implicit-prm-probe';

/**
 * A model's chat template: Jinja, from the GGUF's metadata. It is parsed when it is first needed, since a model whose
 * template is broken is still good for raw prompts.
 */
export class ChatTemplate {
  readonly #source: string;
  readonly #tokens: TemplateTokens;
  #template: Template | undefined;

  constructor(source: string, tokens: TemplateTokens) {
    this.#source = source;
    this.#tokens = tokens;
  }

  /**
   * The text of a conversation up to where the assistant's answer begins.
   *
   * @throws {@link ChatTemplateError} `CHAT_TEMPLATE_FAILED` if the template cannot be parsed, or with its own words if
   * it refuses the messages
   */
  render(messages: readonly ChatMessage[]): string {
    return this.#render(messages, true);
  }

  /** What the template puts behind an answer of the assistant; `undefined` if that cannot be told. */
  afterAnswer(): string | undefined {
    try {
      const messages = [
        {role: 'user', content: 'x'},
        {role: 'assistant', content: probe},
      ];
      return this.#render(messages, false).split(probe)[1];
    } catch {
      return undefined;
    }
  }

  #render(messages: readonly ChatMessage[], addGenerationPrompt: boolean): string {
    const template = this.#parse();
    try {
      return template.render({
        ...this.#tokens,
        messages,
        add_generation_prompt: addGenerationPrompt,
        // None rather than undefined, as transformers hands them to a template when there are none.
        tools: null,
        documents: null,
      });
    } catch (error) {
      throw failure("The model's chat template refuses these messages", error);
    }
  }

  #parse(): Template {
    try {
      this.#template ??= new Template(this.#source);
      return this.#template;
    } catch (error) {
      throw failure("The model's chat template could not be parsed", error);
    }
  }
}

function failure(what: string, error: unknown): ChatTemplateError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ChatTemplateError(
    'CHAT_TEMPLATE_FAILED',
    `${what}: ${reason}. Give the prompt as {raw} to do without it.`,
    {
      cause: error,
    },
  );
}
