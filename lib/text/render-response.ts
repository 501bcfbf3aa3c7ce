import type {TextRange} from '../steps/ranges.js';
import type {RenderedPrompt} from './chat-template.js';
import {locateResponse, partsLeftOut, type Stretch} from './locate-response.js';
import type {Rendering} from './rendering.js';
import type {Rendered} from './template/template-job.js';
import {beginsThinking, isThinkingOpen, openedByPrompt, withoutEmptyThinking} from './thinking.js';

/** How much of a prompt's end is looked at for thinking that it opens. */
const longestOpening = 64;

/** The text that is scored: what comes before the response, what there is of the response, and what comes behind. */
export interface RenderedResponse {
  rendering: Rendering;
  /** With markers in it, as the template got the messages. */
  before: string;
  /** With markers in it too. */
  body: string;
  /** What the template writes behind a response. */
  behind: string;
  /** Where the response is in the body, markers left out. */
  stretches: Stretch[];
  /** What of the response is not scored. */
  unscored: TextRange[];
  /** Whether the template's text of the conversation lacks more of the response than white space. */
  isCutByTemplate: boolean;
}

/** A response that is to be rendered. */
export interface ResponseToRender {
  /** As it was given. */
  response: string;
  /** With markers in it, as the template got it. */
  marked: string;
  marker: string;
  complete: boolean;
  /** Which rendering to take; the template decides if left out. */
  wanted: Rendering | undefined;
}

/**
 * Chooses what the models see of a response.
 *
 * @param prompt - the conversation without the response, with markers
 * @param conversation - the conversation with the response, with markers
 * @param fail - makes the error for a template that cannot do what is wanted
 */
export function renderResponse(
  {prompt, frame}: RenderedPrompt,
  conversation: Rendered,
  input: ResponseToRender,
  fail: (what: string) => Error,
): RenderedResponse {
  const {response, marker, wanted} = input;
  const found =
    frame && 'text' in conversation
      ? inConversation(
          conversation.text,
          {before: plain(frame.before, marker), behind: plain(frame.behind, marker)},
          input,
        )
      : undefined;
  const isCutByTemplate = found?.isWhole === false;
  if (
    found &&
    (wanted === 'conversation' || (wanted === undefined && found.isWhole && !isOpen(prompt, input)))
  ) {
    return {...found.rendered, isCutByTemplate};
  }

  if (wanted === 'conversation') {
    const reason = 'error' in conversation ? `refuses it: ${conversation.error}` : 'does not write it';
    throw fail(`has no place for the response as the last message, it ${reason}`);
  }

  if ('error' in prompt) {
    throw fail(`refuses these messages: ${prompt.error}`);
  }

  const before = beginsThinking(response) ? withoutEmptyThinking(prompt.text) : prompt.text;
  const opened = openedByPrompt(plain(before, marker), response);
  const stretches = [{text: 0, response: opened, length: response.length - opened}];
  return {
    rendering: 'continuation',
    before,
    body: input.marked.slice(markedIndex(input.marked, opened, marker)),
    behind: plain(frame?.behind ?? '', marker),
    stretches,
    unscored: partsLeftOut(response, stretches),
    isCutByTemplate,
  };
}

/** Whether a response may go on to think, so that the template cannot tell yet what it will be. */
function isOpen(prompt: Rendered, {response, complete}: ResponseToRender): boolean {
  if (beginsThinking(response)) {
    return isThinkingOpen(response);
  }

  return !complete && opensThinking(prompt);
}

/** Whether a prompt ends with its thinking opened. */
export function opensThinking(prompt: Rendered): boolean {
  return 'text' in prompt && isThinkingOpen(prompt.text.slice(-longestOpening));
}

function inConversation(
  text: string,
  frame: {before: string; behind: string},
  {response, marker}: ResponseToRender,
): {rendered: Omit<RenderedResponse, 'isCutByTemplate'>; isWhole: boolean} | undefined {
  const located = locateResponse(plain(text, marker), response, frame);
  if (!located) {
    return undefined;
  }

  const [first] = located.stretches;
  const start = first!.text;
  const last = located.stretches.at(-1)!;
  const stretches = located.stretches.map(stretch => ({...stretch, text: stretch.text - start}));
  const bodyStart = markedIndex(text, start, marker);
  return {
    isWhole: located.isWhole,
    rendered: {
      rendering: 'conversation',
      before: text.slice(0, bodyStart),
      body: text.slice(bodyStart, markedIndex(text, last.text + last.length, marker)),
      // White space that the template has put behind what is left of the response is the template's.
      behind: plain(text, marker).slice(last.text + last.length),
      stretches,
      unscored: partsLeftOut(response, stretches),
    },
  };
}

/** A text without its markers. */
export function plain(text: string, marker: string): string {
  return text.replaceAll(marker, '');
}

/** Where a place of the plain text is in the one with markers, behind those that stand there. */
function markedIndex(marked: string, index: number, marker: string): number {
  if (!marked.includes(marker)) {
    return index;
  }

  let at = 0;
  for (let left = index; ; ) {
    while (marked.startsWith(marker, at)) {
      at += marker.length;
    }

    if (left === 0) {
      return at;
    }

    left--;
    at++;
  }
}
