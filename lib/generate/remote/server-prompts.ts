import {z} from 'zod';
import {ChatTemplateError} from '../../errors/chat-template-error.js';
import {RemoteError} from '../../errors/remote-error.js';
import type {ConversationTokeniser} from '../../text/conversation-tokeniser.js';
import type {ChatMessage, Prompt} from '../../text/prompt.js';
import type {RemoteServer} from '../../utils/http/remote-server.js';
import type {CheckedInput} from '../generate-schema.js';

/** What `/v1/completions` takes for a prompt: a text, or tokens. */
export type CompletionPrompt = string | number[];

const tokenised = z.object({tokens: z.array(z.int())});
const templated = z.object({prompt: z.string()});

/** A model at a server, and how its prompts are made. */
interface PromptedModel {
  name: string;
  /** Makes them here; if there is none, the server's own template is asked for. */
  tokeniser: ConversationTokeniser | undefined;
  /** What that is told. */
  templateArguments: Readonly<Record<string, unknown>>;
}

/** The prompt and the prefix as the server is to go on from them. */
export async function completionPrompt(
  server: RemoteServer,
  model: PromptedModel,
  {prompt, prefix, allowSpecialTokens, signal}: CheckedInput,
): Promise<CompletionPrompt> {
  const {name, tokeniser} = model;
  if (tokeniser) {
    const options = {complete: false, allowSpecialTokens, signal};
    const [tokenised] = await tokeniser.tokenise(prompt, [prefix], options);
    return Array.from(tokenised!.tokens);
  }

  if (typeof prompt === 'object' && 'raw' in prompt) {
    const {raw} = prompt;
    return typeof raw === 'string'
      ? raw + prefix
      : [
          ...raw,
          ...(prefix === ''
            ? []
            : await tokensOf(server, {model: name, prompt: prefix, add_special_tokens: false}, signal)),
        ];
  }

  return templatedByServer(server, model, messagesOf(prompt), prefix, signal);
}

function messagesOf(prompt: Exclude<Prompt, {raw: unknown}>): readonly ChatMessage[] {
  return typeof prompt === 'string' ? [{role: 'user', content: prompt}] : prompt;
}

/** vLLM and SGLang make tokens of messages, llama-server makes a text of them. */
async function templatedByServer(
  server: RemoteServer,
  {name: model, templateArguments}: PromptedModel,
  messages: readonly ChatMessage[],
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<CompletionPrompt> {
  // Left out where there are none, since not every server knows the field.
  const told = Object.keys(templateArguments).length === 0 ? {} : {chat_template_kwargs: templateArguments};
  try {
    const response = await server.request('/apply-template', {messages, ...told}, signal);
    return templated.parse(await response.json()).prompt + prefix;
  } catch (error) {
    if (!isUnknown(error)) {
      throw error;
    }
  }

  try {
    const tokens = await tokensOf(server, {model, messages, add_generation_prompt: true, ...told}, signal);
    const rest =
      prefix === '' ? [] : await tokensOf(server, {model, prompt: prefix, add_special_tokens: false}, signal);
    return [...tokens, ...rest];
  } catch (error) {
    if (!isUnknown(error)) {
      throw error;
    }

    throw new ChatTemplateError(
      'NO_CHAT_TEMPLATE',
      `${server.url} puts no messages through a chat template for others. Give the model's GGUF as tokenizer, or the prompt as {raw}.`,
      {cause: error},
    );
  }
}

async function tokensOf(
  server: RemoteServer,
  body: Record<string, unknown>,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const response = await server.request('/tokenize', body, signal);
  const text = await response.text();
  try {
    return tokenised.parse(JSON.parse(text)).tokens;
  } catch (cause) {
    throw server.failure('the server does not answer with tokens', `${server.url}/tokenize`, {
      body: text,
      cause,
    });
  }
}

/** Whether the server knows no such address or no such body. */
function isUnknown(error: unknown): boolean {
  return error instanceof RemoteError && [400, 404, 405, 422, 501].includes(error.status ?? 0);
}
