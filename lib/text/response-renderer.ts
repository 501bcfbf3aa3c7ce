import type {ChatTemplate, RenderedPrompt} from './chat-template.js';
import type {ChatMessage} from './prompt.js';
import {type RenderedResponse, renderResponse} from './render-response.js';
import type {Rendering} from './rendering.js';
import type {TemplateSettings} from './template/template-job.js';

/** Gives the text of one response with what stands around it. */
export type ResponseRenderer = (index: number) => Promise<RenderedResponse>;

/** The responses to one prompt. */
export interface MarkedResponses {
  /** As they were given. */
  responses: readonly string[];
  /** With markers where special tokens are to be text. */
  marked: readonly string[];
  marker: string;
}

/** What decides how they are rendered. */
interface RenderingSettings {
  settings: TemplateSettings;
  /** Which rendering to take; the template decides if left out. */
  wanted: Rendering | undefined;
  complete: boolean;
  signal?: AbortSignal | undefined;
}

/** How many responses are rendered at once, and of how many characters. */
const atOnce = {responses: 64, length: 1_000_000};

/** Puts responses behind a prompt that is used as it is. */
export function rawRenderer(before: string, {responses, marked}: MarkedResponses): ResponseRenderer {
  return async index => ({
    ...{rendering: 'continuation', before, body: marked[index]!, behind: ''},
    stretches: [{text: 0, response: 0, length: responses[index]!.length}],
    unscored: [],
    isCutByTemplate: false,
  });
}

/** Renders the first response by itself, since it may show that none will do, and the others many at a time. */
export function conversationRenderer(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  {responses, marked, marker}: MarkedResponses,
  {settings, wanted, complete, signal}: RenderingSettings,
): ResponseRenderer {
  let prompt: RenderedPrompt | undefined;
  let group: {from: number; conversations: Awaited<ReturnType<ChatTemplate['conversations']>>} | undefined;
  return async index => {
    prompt ??= await template.prompt(messages, settings, signal);
    if (!group || index >= group.from + group.conversations.length) {
      const next = index === 0 ? marked.slice(0, 1) : nextGroup(marked, index, prompt);
      group = {from: index, conversations: await template.conversations(messages, next, settings, signal)};
    }

    return renderResponse(
      prompt,
      group.conversations[index - group.from]!,
      {response: responses[index]!, marked: marked[index]!, marker, complete, wanted},
      what => template.failure(what),
    );
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
