import {ChatTemplateError} from '../errors/chat-template-error.js';
import {ChatTemplate} from './chat-template.js';
import {opensThinking, renderResponse} from './render-response.js';
import {defaultDate, type Rendering, type RenderingInfo, type RenderingOptions} from './rendering.js';
import type {TemplateSettings} from './template/template-job.js';

/** What a chat template does with any response. */
export interface LearntTemplate {
  /** `null` if it has no place for a response. */
  info: RenderingInfo | null;
  /** What it writes behind a response. */
  behind: string;
}

const samples = [' y ', '<think>\nz\n</think>\n\ny'] as const;

/**
 * Finds out what a chat template does by having it render short conversations.
 *
 * @param wanted - the rendering that is asked for
 * @returns `undefined` for a template that is broken
 * @throws the signal's reason
 */
export async function learnTemplate(
  template: ChatTemplate,
  settings: TemplateSettings,
  wanted: Rendering | undefined,
  signal?: AbortSignal | undefined,
): Promise<LearntTemplate | undefined> {
  try {
    const messages = [{role: 'user', content: 'x'}];
    const rendered = await template.prompt(messages, settings, signal);
    const conversations = await template.conversations(messages, samples, settings, signal);
    const [padded, thinking] = samples.map((response, index) =>
      tried(() =>
        renderResponse(
          rendered,
          conversations[index]!,
          {response, marked: response, marker: '\uFDD0', complete: true, wanted: undefined},
          what => template.failure(what),
        ),
      ),
    );
    const info = padded && {
      rendering: wanted ?? padded.rendering,
      trims: padded.unscored.length > 0,
      keepsThinking: thinking?.rendering === 'conversation',
      opensThinking: opensThinking(rendered.prompt),
    };
    return {info: info ?? null, behind: rendered.frame?.behind ?? ''};
  } catch (error) {
    signal?.throwIfAborted();
    // What is wrong with the template is told once it is needed: raw prompts do without.
    if (error instanceof ChatTemplateError) {
      return undefined;
    }

    throw error;
  }
}

/**
 * Tells what a chat template does with responses, of which nothing but its source is known.
 *
 * @param source - Jinja
 * @param options - what it is told
 * @returns `null` if it has no place for a response
 */
export async function describeTemplate(
  source: string,
  {rendering, templateArguments, date}: RenderingOptions = {},
): Promise<RenderingInfo | null> {
  // Whichever texts the model has for these, they do not change what becomes of a response.
  const template = new ChatTemplate(source, {bos_token: '<s>', eos_token: '</s>'});
  try {
    const settings = {arguments: {...templateArguments}, date: date ?? defaultDate};
    return (await learnTemplate(template, settings, rendering))?.info ?? null;
  } finally {
    template.close();
  }
}

function tried<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    return undefined;
  }
}
