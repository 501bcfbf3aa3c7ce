import type {ChatTemplate} from './chat-template.js';
import type {ChatMessage, Prompt} from './prompt.js';
import type {Rendering} from './rendering.js';
import {conversationRenderer, type ResponseRenderer, rawRenderer} from './response-renderer.js';
import type {SpecialTokens} from './special-tokens.js';
import type {TemplateSettings} from './template/template-job.js';

/** A prompt and its responses, ready to be put together. */
export interface PreparedPrompt {
  /** What keeps texts of special tokens from being such tokens. */
  marker: string;
  /** Whether the prompt is used as it is. */
  isRaw: boolean;
  render: ResponseRenderer;
  /** Tokens in place of a prompt's text. */
  tokens?: Int32Array;
}

/** What a prompt is prepared with. */
interface Preparation {
  special: SpecialTokens;
  /** The model's chat template. @throws if it has none */
  requireTemplate: () => ChatTemplate;
  settings: TemplateSettings;
  wanted: Rendering | undefined;
  complete: boolean;
  allowSpecialTokens: boolean;
  signal?: AbortSignal | undefined;
}

type RawPrompt = Extract<Prompt, {raw: unknown}>;

/** Marks what is to be plain text, and finds out how the responses are put behind the prompt. */
export function preparePrompt(
  prompt: Prompt,
  responses: readonly string[],
  preparation: Preparation,
): PreparedPrompt {
  if (typeof prompt === 'object' && 'raw' in prompt) {
    return prepareRaw(prompt, responses, preparation);
  }

  const messages = typeof prompt === 'string' ? [{role: 'user', content: prompt}] : prompt;
  return prepareMessages(messages, responses, preparation);
}

function prepareRaw(
  {raw}: RawPrompt,
  responses: readonly string[],
  {special, allowSpecialTokens}: Preparation,
): PreparedPrompt {
  const text = typeof raw === 'string' ? raw : '';
  const marker = special.chooseMarker([text, ...responses]);
  const marked = allowSpecialTokens ? responses : responses.map(response => special.disarm(response, marker));
  return {
    ...{marker, isRaw: true},
    ...(typeof raw === 'string' ? {} : {tokens: Int32Array.from(raw)}),
    render: rawRenderer(text, {responses, marked, marker}),
  };
}

function prepareMessages(
  messages: readonly ChatMessage[],
  responses: readonly string[],
  {special, requireTemplate, allowSpecialTokens, ...settings}: Preparation,
): PreparedPrompt {
  const template = requireTemplate();
  const texts = messages.flatMap(({role, content}) => [role, content]);
  const marker = special.chooseMarker([template.source, ...texts, ...responses]);
  const disarmed = (text: string) => (allowSpecialTokens ? text : special.disarm(text, marker));
  const marked = responses.map(disarmed);
  const markedMessages = messages.map(({role, content}) => ({role, content: disarmed(content)}));
  const render = conversationRenderer(template, markedMessages, {responses, marked, marker}, settings);
  return {marker, isRaw: false, render};
}
